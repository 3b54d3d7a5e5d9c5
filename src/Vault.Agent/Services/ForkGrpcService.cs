using Google.Protobuf;
using Grpc.Core;
using Vault.Agent.Accounts;
using Vault.Agent.Views;
using Vault.Client;
using Vault.Client.Groups;
using Vault.Core;
using Vault.Core.Groups;
using Vault.Ipc;
using Vault.Ipc.V1;
using FaultCode = Vault.Protocol.V1.FaultCode;

namespace Vault.Agent.Services;

/// <summary>Evidence of forks, the choice of a side, and what is left of the side that lost.</summary>
internal sealed class ForkGrpcService(AgentClient client, AutoLock autoLock) : ForkService.ForkServiceBase
{
    public override Task<AdoptRelayResponse> AdoptRelay(AdoptRelayRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        return client.RunAsync(async vault =>
        {
            var id = vault.Groups.Find(request.Group).Id;
            var adopted = await vault.Forks.AdoptRelayAsync(id, context.CancellationToken);
            return new AdoptRelayResponse
            {
                Group = GroupViews.Of(vault, vault.Groups.Show(id)),
                GivenUp = (uint)adopted.GivenUp,
                Taken = (uint)adopted.Taken,
                Edits = (uint)adopted.Edits,
                Removals = (uint)adopted.Removals,
                Roles = (uint)adopted.Roles,
            };
        });
    }

    public override Task<AdoptMineResponse> AdoptMine(AdoptMineRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        return client.RunAsync(async vault =>
        {
            var id = vault.Groups.Find(request.Group).Id;
            await vault.Forks.AdoptMineAsync(id);
            var fork = ForkProof.Verify(vault.Forks.Evidence(id)).Value;
            return new AdoptMineResponse { Group = GroupViews.Of(vault, vault.Groups.Show(id)), CommonSeq = fork.Predecessor.Seq };
        });
    }

    public override Task<ExportEvidenceResponse> ExportEvidence(ExportEvidenceRequest request, ServerCallContext context) => client.RunAsync(vault =>
    {
        var file = vault.Forks.Evidence(vault.Groups.Find(request.Group).Id);
        return new ExportEvidenceResponse { File = UnsafeByteOperations.UnsafeWrap(file), Fork = Of(ForkProof.Verify(file).Value) };
    });

    // Public data alone, so it asks no client.
    public override Task<VerifyEvidenceResponse> VerifyEvidence(VerifyEvidenceRequest request, ServerCallContext context)
    {
        var file = new FileInfo(request.Path);
        if (!Path.IsPathFullyQualified(request.Path) || !file.Exists)
        {
            throw new AgentException(ExitCode.NotFound, $"{request.Path}: no such file.");
        }

        // A file that shows no fork accuses nobody, whatever is wrong with it: it may have been spoilt on its way.
        var verdict = ForkProof.Verify(Content(request.Path));
        return verdict.IsValid
            ? Task.FromResult(new VerifyEvidenceResponse { Fork = Of(verdict.Value) })
            : throw Refusals.Of(new VaultException(new Fault(FaultCode.BadEvidence, $"{request.Path} shows no fork: {verdict.Fault}")));
    }

    // Never more than one byte too many: a device or pipe has no end.
    private static ReadOnlySpan<byte> Content(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var content = new byte[Math.Min(file.CanSeek && file.Length > 0 ? file.Length : long.MaxValue, Limits.EvidenceBytes) + 1];
            return content.AsSpan(0, file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false));
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException)
        {
            throw new AgentException(ExitCode.NotFound, $"{path} cannot be read: {unread.Message}");
        }
    }

    public override Task<ListRemovalsResponse> ListRemovals(ListRemovalsRequest request, ServerCallContext context) => client.RunAsync(vault =>
    {
        var groups = request.Groups.Count == 0 ? vault.Groups.List() : [.. request.Groups.Select(vault.Groups.Find)];
        var response = new ListRemovalsResponse();
        response.Removals.Add(groups.SelectMany(group => vault.Forks.LostChanges(group.Id).Select(change => Of(group, change))));
        return response;
    });

    public override Task<ReapplyRemovalResponse> ReapplyRemoval(ReapplyRemovalRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        return client.RunAsync(async vault =>
        {
            var (group, change) = Find(vault, request.Group, request.Member);
            await vault.Forks.ReapplyAsync(group.Id, change.Account, context.CancellationToken);
            return new ReapplyRemovalResponse { Removal = Of(group, change) };
        });
    }

    public override Task<DropRemovalResponse> DropRemoval(DropRemovalRequest request, ServerCallContext context)
    {
        autoLock.Touch();
        return client.RunAsync(vault =>
        {
            var (group, change) = Find(vault, request.Group, request.Member);
            vault.Forks.Drop(group.Id, change.Account);
            return new DropRemovalResponse { Removal = Of(group, change) };
        });
    }

    private static (Client.Groups.GroupView Group, LostChangeView Change) Find(VaultClient vault, string named, string member)
    {
        var group = vault.Groups.Find(named);
        var account = MemberGrpcService.FindMember(vault, group.Id, member).Account;
        return vault.Forks.LostChanges(group.Id).FirstOrDefault(change => change.Account == account) is { } change
            ? (group, change)
            : throw new AgentException(ExitCode.NotFound, $"Nothing that was lost waits for {member}.", "svault removal list");
    }

    private static RemovalView Of(Client.Groups.GroupView group, LostChangeView change) => new()
    {
        GroupId = group.Id.ToString(),
        Group = group.Name,
        AccountId = change.Account.ToString(),
        Name = change.Name,
        Now = (Role)change.Now,
        Lost = (Role)(change.Lost ?? Protocol.V1.Role.Unspecified),
    };

    private static ForkView Of(ForkProof fork) => new()
    {
        GroupId = fork.Group.ToString(),
        Seq = fork.Ours.Head.Seq,
        PredecessorId = fork.Predecessor.Id.ToString(),
        Ours = Of(fork.Ours),
        Theirs = Of(fork.Theirs),
    };

    private static ForkCommit Of(VerifiedCommit commit) => new()
    {
        CommitId = commit.Head.Id.ToString(),
        AuthorId = commit.Author.ToString(),
        DeviceId = commit.Device.ToString(),
    };
}
