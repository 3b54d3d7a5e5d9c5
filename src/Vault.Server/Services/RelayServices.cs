using Grpc.Core;
using Vault.Protocol.V1;
using Vault.Server.Engine;

namespace Vault.Server.Services;

/// <summary>The four services of one relay, for a transport that is not ASP.NET's: tests and simulation.</summary>
public sealed class RelayServices(Relay relay)
{
    /// <summary>Binds every method to the binder.</summary>
    public void Bind(ServiceBinderBase binder)
    {
        SessionService.BindService(binder, new SessionCalls(relay));
        AccountService.BindService(binder, new AccountCalls(relay));
        GroupService.BindService(binder, new GroupCalls(relay));
        MailboxService.BindService(binder, new MailboxCalls(relay));
    }
}
