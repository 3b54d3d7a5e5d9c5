using System.Text.RegularExpressions;
using Grpc.Core;
using Vault.Core;
using Vault.Protocol.V1;
using Vault.Server.Services;
using Fault = Vault.Core.Fault;

namespace Vault.Server.Tests.Services;

/// <summary>The table of protos/README.md is what the services do.</summary>
public sealed partial class FaultTableTests
{
    [Fact]
    public void Each_answer_of_the_relay_stands_in_the_table_with_its_number_and_status()
    {
        var rows = Row().Matches(Document()).ToDictionary(row => row.Groups[1].Value, row => (row.Groups[2].Value, row.Groups[3].Value));
        foreach (var code in Enum.GetValues<FaultCode>().Where(code => (int)code is >= 500 and < 600))
        {
            var (number, status) = rows[FaultNames.Of(code)];
            Assert.Equal(((int)code).ToString(System.Globalization.CultureInfo.InvariantCulture), number);
            Assert.Equal(Upper(FaultStatus.Of(code)), status);
        }

        Assert.All(
            Enum.GetValues<FaultCode>().Where(code => (int)code is > 100 and < 400),
            code => Assert.Equal(StatusCode.FailedPrecondition, FaultStatus.Of(code)));
    }

    [Fact]
    public void Each_guarantee_of_the_stream_has_a_test_of_its_number()
    {
        var sentences = Sentence().Matches(Document()).Select(match => int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
        var tests = typeof(Engine.WatchTests).GetMethods().Select(method => method.Name).Where(name => name.StartsWith('W'));
        Assert.Equal(sentences.Select(number => $"W{number:00}"), tests.Select(name => name[..3]).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_fault_survives_the_trailer()
    {
        var fault = new Fault(FaultCode.RateLimited, "slow") { RetryAfter = TimeSpan.FromSeconds(3) };
        var carried = FaultStatus.ToRpc(fault);
        Assert.Equal(StatusCode.ResourceExhausted, carried.StatusCode);
        Assert.Equal(fault, Fault.FromWire(FaultInfo.Parser.ParseFrom(carried.Trailers.GetValueBytes(FaultStatus.Trailer))));
    }

    private static string Upper(StatusCode status) => Word().Replace(status.ToString(), "_$0").TrimStart('_').ToUpperInvariant();

    private static string Document()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Vault.sln")))
        {
            directory = directory.Parent!;
        }

        return File.ReadAllText(Path.Combine(directory.FullName, "protos", "README.md"));
    }

    [GeneratedRegex(@"^\| ([A-Z_]+) \| (\d+) \| ([A-Z_]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^(\d+)\. ", RegexOptions.Multiline)]
    private static partial Regex Sentence();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Word();
}
