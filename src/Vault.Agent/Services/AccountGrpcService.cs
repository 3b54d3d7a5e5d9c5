using Google.Protobuf;
using Grpc.Core;
using Vault.Agent.Accounts;
using Vault.Agent.Hosting;
using Vault.Agent.Views;
using Vault.Client;
using Vault.Client.Accounts;
using Vault.Ipc;
using Vault.Ipc.V1;
using AccountView = Vault.Ipc.V1.AccountView;
using DeviceView = Vault.Ipc.V1.DeviceView;
using Login = Vault.Client.Accounts.Login;

namespace Vault.Agent.Services;

/// <summary>The account on this device, and its lock. Secrets in requests are wiped when the call ends.</summary>
internal sealed class AccountGrpcService(AgentClient client, AutoLock autoLock, OneAtATime turn, Ending ending) : AccountService.AccountServiceBase
{
    private static readonly TimeSpan s_flushOnLock = TimeSpan.FromSeconds(1);

    public override Task<RegisterResponse> Register(RegisterRequest request, ServerCallContext context) => Wiping(
        async () =>
        {
            var kit = await client.RunInAnyHomeAsync(vault => vault.Accounts.RegisterAsync(
                new Registration
                {
                    Relay = request.Relay,
                    Name = request.Name,
                    DeviceName = DeviceName(request.DeviceName),
                    PasswordUtf8 = request.Password.Memory,
                    RegistrationCode = request.RegistrationCode.ToStringUtf8(),
                },
                context.CancellationToken));
            autoLock.After(request.LockAfterSeconds);
            return new RegisterResponse
            {
                Account = await client.RunAsync(Started),
                SecretKey = ByteString.CopyFromUtf8(kit.SecretKey),
                RecoveryCode = ByteString.CopyFromUtf8(kit.RecoveryCode),
            };
        },
        request.Password,
        request.RegistrationCode);

    public override Task<LoginResponse> Login(LoginRequest request, ServerCallContext context) => Wiping(
        async () =>
        {
            var shown = new List<DeviceView>();
            var login = new Login
            {
                Relay = request.Relay,
                PasswordUtf8 = request.Password.Memory,
                SecretKey = request.SecretKey.ToStringUtf8().Trim(),
                DeviceName = DeviceName(request.DeviceName),
                ConfirmDevices = devices =>
                {
                    shown.AddRange(devices.Select(device => AccountViews.Of(device)));
                    return Task.FromResult(IsConfirmed(request, shown));
                },
            };
            try
            {
                await client.RunInAnyHomeAsync(vault => vault.Accounts.LoginAsync(login, context.CancellationToken));
            }
            catch (AgentException e) when (e.Code == ExitCode.Cancelled && request.ConfirmedDevices.Count == 0)
            {
                var listed = new LoginResponse();
                listed.Devices.Add(shown);
                return listed;
            }

            autoLock.After(request.LockAfterSeconds);
            var response = new LoginResponse { LoggedIn = true, Account = await client.RunAsync(Started) };
            response.Devices.Add(await client.RunAsync(vault => vault.Accounts.Devices().Select(AccountViews.Of).ToArray()));
            return response;
        },
        request.Password,
        request.SecretKey);

    public override Task<UnlockResponse> Unlock(UnlockRequest request, ServerCallContext context) => Wiping(
        async () =>
        {
            var before = await client.RunAsync(vault => vault.State);
            await client.RunAsync(async vault =>
            {
                await vault.Accounts.UnlockAsync(request.Password.Memory, context.CancellationToken);
                return true;
            });
            autoLock.After(request.LockAfterSeconds);
            return await client.RunAsync(vault => new UnlockResponse
            {
                Account = Started(vault),
                WasUnlocked = before == ClientState.Unlocked,
                Pending = (uint)vault.Items.OutboxCount(),
            });
        },
        request.Password);

    public override async Task<LockResponse> Lock(LockRequest request, ServerCallContext context)
    {
        var response = await client.RunInAnyHomeAsync(async vault =>
        {
            var was = vault.State == ClientState.Unlocked;
            if (was)
            {
                await vault.Accounts.LockAsync(s_flushOnLock, context.CancellationToken);
            }

            return new LockResponse { WasUnlocked = was, Unsigned = (uint)(vault.State == ClientState.NoAccount ? 0 : vault.Items.OutboxCount()) };
        });
        // Only once the answer is written: the new image knows nothing of this call.
        context.GetHttpContext().Response.OnCompleted(() =>
        {
            ending.Decide(EndingKind.Replace);
            return Task.CompletedTask;
        });
        return response;
    }

    public override Task<GetLockStateResponse> GetLockState(GetLockStateRequest request, ServerCallContext context) =>
        client.RunInAnyHomeAsync(vault => new GetLockStateResponse
        {
            State = AccountViews.LockOf(vault),
            LocksInMs = AccountViews.LocksInMs(vault, autoLock),
        });

    public override Task<WhoAmIResponse> WhoAmI(WhoAmIRequest request, ServerCallContext context) =>
        client.RunAsync(vault => new WhoAmIResponse
        {
            Account = AccountViews.Of(vault.Accounts.WhoAmI()),
            LockState = AccountViews.LockOf(vault),
        });

    private static AccountView Started(VaultClient vault)
    {
        vault.Sync.Start();
        return AccountViews.Of(vault.Accounts.WhoAmI());
    }

    private static bool IsConfirmed(LoginRequest request, List<DeviceView> shown)
    {
        if (request.ConfirmedDevices.Count == 0)
        {
            return false;
        }

        return request.ConfirmedDevices.Order(StringComparer.Ordinal).SequenceEqual(shown.Select(device => device.Id).Order(StringComparer.Ordinal))
            ? true
            : throw new AgentException(ExitCode.Conflict, "The account's devices changed meanwhile.", "Look at the list again, and confirm it.");
    }

    private static string DeviceName(string given) => given.Length > 0 ? given : Environment.MachineName;

    private async Task<T> Wiping<T>(Func<Task<T>> call, params ByteString[] secrets)
    {
        try
        {
            return await turn.RunAsync(call);
        }
        finally
        {
            foreach (var secret in secrets)
            {
                SecretBytes.Wipe(secret);
            }
        }
    }
}
