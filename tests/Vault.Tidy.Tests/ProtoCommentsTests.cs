namespace Vault.Tidy.Tests;

/// <summary>Whoever writes another client has only these comments to go by.</summary>
public sealed class ProtoCommentsTests
{
    [Fact]
    public void Every_rpc_message_field_and_enum_value_has_a_comment_above_it()
    {
        var files = Repository.FilesUnder("protos", ".proto").ToArray();
        Assert.NotEmpty(files);
        Findings.None(files.SelectMany(f => ProtoComments.FindMissing(Repository.Text(f)).Select(m => $"{f}:{m}")));
    }

    [Fact]
    public void The_search_finds_what_is_bare_and_only_that()
    {
        const string Text = """
            syntax = "proto3";
            package example; // a trailing remark
            message Bare {
              // Bytes, at most 32.
              bytes described = 1 [deprecated = true, json_name = "a;b{c}"];
              bytes trailing = 2; // not above it
              bytes bare = 3;
              oneof choice {
                // Here.
                string commented = 4;

                string uncommented = 5;
              }
              reserved 6;
            }
            // An enumeration.
            enum Described {
              // Zero.
              DESCRIBED_UNSPECIFIED = 0;
              DESCRIBED_BARE = 1;
            }
            // A service.
            service Service {
              // Over
              // two lines.
              rpc Good(
                  Bare) returns (stream Bare);
              rpc Bad(Bare) returns (Bare) { option idempotency_level = NO_SIDE_EFFECTS; }
            }
            """;
        string[] expected =
        [
            "3: message Bare",
            "6: bytes trailing = 2",
            "7: bytes bare = 3",
            "12: string uncommented = 5",
            "20: DESCRIBED_BARE = 1",
            "28: rpc Bad(Bare) returns (Bare)",
        ];
        Assert.Equal(expected, ProtoComments.FindMissing(Text));
    }
}
