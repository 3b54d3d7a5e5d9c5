using Vault.Agent.Tests.Kit;
using Vault.Cli.Output;
using Vault.Ipc.V1;

namespace Vault.Agent.Tests.CommandLine;

/// <summary>What commands say beside an answer: edits that do not go out, a read that nobody vouches for.</summary>
public sealed class PagesTests
{
    [Fact]
    public void A_status_names_the_groups_whose_edits_are_stuck_for_how_long_and_what_looks_into_it()
    {
        GroupView[] groups =
        [
            new() { Name = "Family", Freshness = new Freshness { State = GroupState.Live, Pending = 3, OldestPendingMs = 300_000, Stuck = true } },
            new() { Name = "Work", Freshness = new Freshness { State = GroupState.Live, Pending = 1, OldestPendingMs = 1_000 } },
        ];
        Assert.Contains(
            "edits not sent although the relay answers: 3 of Family for 5m; see svault doctor",
            Printed.Of(() => StatusPage.Print(new Answer(), Status(groups), withMembers: false)).Out.Split('\n'));
        Assert.DoesNotContain(
            "edits not sent", Printed.Of(() => StatusPage.Print(new Answer(), Status(groups[1]), withMembers: false)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_read_of_a_disputed_group_says_so_on_standard_error_alone_and_where_to_look()
    {
        var disputed = new Freshness { State = GroupState.Live, Disputed = true, ProofAgeMs = 400 };
        var (answer, notice) = Printed.Of(() => new Notices(json: false).Freshness("Family", disputed));
        Assert.Equal("", answer);
        Assert.StartsWith("svault: Family is disputed, ", notice, StringComparison.Ordinal);
        Assert.Contains("svault status --members", notice, StringComparison.Ordinal);
        Assert.Equal(("", ""), Printed.Of(() => new Notices(json: true).Freshness("Family", disputed)));
        Assert.Equal(("", ""), Printed.Of(() => new Notices(json: false).Freshness("Family", new Freshness { State = GroupState.Live, ProofAgeMs = 400 })));
    }

    private static GetStatusResponse Status(params GroupView[] groups) => new()
    {
        Account = new AccountView { Name = "Ann", DeviceName = "laptop", Relay = "https://relay.example" },
        LockState = LockState.Unlocked,
        Stream = new StreamView { State = StreamState.Up },
        Groups = { groups },
    };
}
