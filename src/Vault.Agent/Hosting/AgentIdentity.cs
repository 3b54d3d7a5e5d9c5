using Google.Protobuf;
using Vault.Ipc;

namespace Vault.Agent.Hosting;

/// <summary>Which agent this is, and which image of it.</summary>
internal sealed record AgentIdentity(Profile Profile, ByteString Instance, long StartedTimestamp);
