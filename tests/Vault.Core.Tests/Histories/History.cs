using Vault.Core.Accounts;
using Vault.Core.Groups;
using Vault.Core.Ids;
using Vault.Core.Tests.Kit;
using Vault.Protocol.V1;

namespace Vault.Core.Tests.Histories;

/// <summary>
/// The history of one group and its people that one number makes: legal commits and entries, and between them a share of
/// spoilt ones, each judged on the spot.
/// </summary>
internal sealed class History
{
    public const int PeopleInPool = 16;

    private readonly SeededRandom _random;
    private readonly Dictionary<AccountId, TestPerson> _people = [];
    private readonly List<SignedEntry> _commits = [];
    private readonly List<VerifiedGroup> _states = [];
    private readonly List<(int At, SignedEntry Entry, Fault Fault)> _refusedCommits = [];
    private readonly List<(TestPerson Before, SignedEntry Entry, Fault Fault)> _refusedEntries = [];
    private VerifiedGroup _state = null!;

    private History(ulong seed)
    {
        Seed = seed;
        _random = new SeededRandom($"history/{seed}");
    }

    public ulong Seed { get; }

    public VerifiedGroup State => _state;

    public IReadOnlyList<SignedEntry> Commits => _commits;

    /// <summary>The state after each commit.</summary>
    public IReadOnlyList<VerifiedGroup> States => _states;

    public int Refused => _refusedCommits.Count + _refusedEntries.Count;

    public IEnumerable<FaultCode> Faults => _refusedCommits.Select(r => r.Fault.Code).Concat(_refusedEntries.Select(r => r.Fault.Code));

    /// <summary>The accounts as they stand at the end.</summary>
    public IEnumerable<TestPerson> People => _people.Values.OrderBy(person => person.Id);

    public IReadOnlyList<(int At, SignedEntry Entry, Fault Fault)> RefusedCommits => _refusedCommits;

    public IReadOnlyList<(TestPerson Before, SignedEntry Entry, Fault Fault)> RefusedEntries => _refusedEntries;

    public static History Of(ulong seed)
    {
        var history = new History(seed);
        history.Run();
        return history;
    }

    private void Run()
    {
        var first = _random.Next(PeopleInPool);
        var count = 2 + _random.Next(3);
        for (var i = 0; i < count; i++)
        {
            var person = TestPerson.Named($"pool-{(first + (i * 3)) % PeopleInPool}", withRecovery: _random.Chance(30));
            _people[person.Id] = person;
            for (var moves = _random.Next(3); moves > 0; moves--)
            {
                MoveAccount(person);
            }
        }

        Found();
        for (var steps = 4 + _random.Next(11); steps > 0 && !_state.Closed; steps--)
        {
            if (_random.Chance(20))
            {
                MoveAccount(_random.Pick([.. People]));
            }
            else
            {
                Commit();
            }
        }

        if (_state.Closed)
        {
            Commit(); // Whatever comes now is refused.
        }
    }

    private void Found()
    {
        TestPerson[] founders = [.. People.Where(person => person.State.Devices.Values.Any(d => d.IsActive))];
        if (founders.Length == 0)
        {
            var person = People.First();
            person.Accept(person.AddDevice());
            founders = [person];
        }

        var founder = _random.Pick(founders);
        var body = TestGroup.Genesis(founder, _random.Chance(10) ? GroupKind.Personal : GroupKind.Shared);
        body.Genesis.Random = _random.Bytes(32);
        body.AuthorDevice = founder.State.Devices.Values.First(d => d.IsActive).Id.ToByteString();
        var genesis = TestGroup.Sign(body);
        Take(GroupRules.Found(genesis).Value.After, genesis);
    }

    private void MoveAccount(TestPerson person)
    {
        if (_random.Chance(25))
        {
            var spoilt = Mutation.OfAccountEntry(_random, DraftOf(person), out var surely);
            var verdict = AccountRules.Extend(person.State, spoilt);
            Assert.False(surely && verdict.IsValid, $"history {Seed}: a spoilt account entry was accepted");
            if (!verdict.IsValid)
            {
                _refusedEntries.Add((person.Copy(), spoilt, verdict.Fault));
            }
        }

        person.Accept(DraftOf(person));
    }

    private AccountDraft DraftOf(TestPerson person)
    {
        var active = person.Devices.Where(person.State.IsAuthorised).ToArray();
        var revocable = person.Devices.Where(d => person.State.Devices[d].Status != DeviceStatus.Revoked).ToArray();
        return _random.Next(10) switch
        {
            0 or 1 or 2 or 3 => person.AddDevice(),
            4 when active.Length > 0 => person.Retire(_random.Pick(active)),
            5 when revocable.Length > 0 => person.Rotate(_random.Chance(30), [.. revocable.Where(_ => _random.Chance(40))]),
            6 => person.Rotate(_random.Chance(30)),
            7 => person.ReplaceWraps(_random.Chance(30)),
            8 when person.State.PersonalGroup is not null => person.SetPersonalGroup($"{person.State.Head.Seq}"),
            8 when active.Length > 0 => person.SetPersonalGroup($"{person.State.Head.Seq}", _random.Pick(active)),
            _ => person.AddDevice(),
        };
    }

    private void Commit()
    {
        if (_random.Chance(35))
        {
            Sin();
            return;
        }

        if (CommitWriter.Write(_random, _state, _people, Lies.None) is { } body)
        {
            var accepted = Offer(TestGroup.Sign(body), out var fault);
            Assert.True(accepted || _state.Closed, $"history {Seed}: a legal commit was refused at {_commits.Count}: {fault}\n{body}");
        }
    }

    private void Sin()
    {
        if (_random.Chance(50))
        {
            var lies = (Lies)(1 << _random.Next(7));
            if (CommitWriter.Write(_random, _state, _people, lies) is { } lie)
            {
                Offer(TestGroup.Sign(lie), out _);
            }
        }
        else if (CommitWriter.Write(_random, _state, _people, Lies.None) is { } body)
        {
            var spoilt = Mutation.OfCommit(_random, body, _commits, out var surely);
            var accepted = Offer(spoilt, out _);
            Assert.False(surely && accepted, $"history {Seed}: a spoilt commit was accepted at {_commits.Count}");
        }
    }

    private bool Offer(SignedEntry commit, out Fault? fault)
    {
        var verdict = GroupRules.Extend(_state, commit);
        fault = verdict.IsValid ? null : verdict.Fault;
        if (!verdict.IsValid)
        {
            _refusedCommits.Add((_commits.Count, commit, verdict.Fault));
            return false;
        }

        Invariants.Check(_state, verdict.Value.Body, verdict.Value.After);
        Take(verdict.Value.After, commit);
        return true;
    }

    private void Take(VerifiedGroup after, SignedEntry commit)
    {
        _state = after;
        _states.Add(after);
        _commits.Add(commit);
    }
}
