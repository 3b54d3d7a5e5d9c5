using Google.Protobuf;
using Grpc.Core;
using Vault.Ipc.V1;

namespace Vault.Ipc;

/// <summary>A call that failed with a reason a person can act on.</summary>
public sealed class AgentException(AgentError error, Exception? inner = null) : Exception(error.Message, inner)
{
    private const int CandidatesMax = 100;

    public AgentException(ExitCode code, string message, string nextStep = "")
        : this(new AgentError { Code = code, Message = message, NextStep = nextStep })
    {
    }

    /// <summary>AMBIGUOUS, with what the name may mean, as far as a person can look through it.</summary>
    public static AgentException Ambiguous(string message, string nextStep, IEnumerable<Candidate> candidates)
    {
        var error = new AgentError { Code = ExitCode.Ambiguous, Message = message, NextStep = nextStep };
        error.Candidates.Add(candidates.Take(CandidatesMax));
        return new AgentException(error);
    }

    /// <summary>The reason as it travels.</summary>
    public AgentError Error { get; } = error;

    /// <summary>What the command exits with.</summary>
    public ExitCode Code => Error.Code;

    /// <summary>As the agent throws it to its own gRPC host.</summary>
    public RpcException ToRpcException() =>
        new(new Status(StatusOf(Code), Message), new Metadata { { AgentContract.ErrorTrailer, Error.ToByteArray() } });

    /// <summary>The reason behind a failed call; one is made up when the call failed below the contract.</summary>
    public static AgentException FromRpc(RpcException failure)
    {
        if (failure.Trailers.GetValueBytes(AgentContract.ErrorTrailer) is { } bytes)
        {
            try
            {
                return new AgentException(AgentError.Parser.ParseFrom(bytes), failure);
            }
            catch (InvalidProtocolBufferException)
            {
                // Falls through: a trailer that does not parse is no better than none.
            }
        }

        return failure.StatusCode switch
        {
            StatusCode.Cancelled => new AgentException(
                new AgentError { Code = ExitCode.Cancelled, Message = "The call was cancelled." }, failure),
            StatusCode.DeadlineExceeded => new AgentException(
                new AgentError
                {
                    Code = ExitCode.Busy,
                    Message = "The agent did not answer in time.",
                    NextStep = "Try again; `svault agent status` shows whether it is alive.",
                },
                failure),
            StatusCode.Unimplemented => new AgentException(
                new AgentError
                {
                    Code = ExitCode.Agent,
                    Message = "The running agent does not know this command.",
                    NextStep = "svault agent stop",
                },
                failure),
            StatusCode.ResourceExhausted => new AgentException(
                new AgentError { Code = ExitCode.Limit, Message = "The request or the answer is too large." }, failure),
            _ => new AgentException(
                new AgentError
                {
                    Code = ExitCode.Agent,
                    Message = $"The agent cannot be reached: {failure.Status.Detail}",
                    NextStep = "svault agent status",
                },
                failure),
        };
    }

    // Only for generic gRPC tools; everything of ours reads the trailer.
    private static StatusCode StatusOf(ExitCode code) => code switch
    {
        ExitCode.Usage => StatusCode.InvalidArgument,
        ExitCode.Locked or ExitCode.Conflict or ExitCode.Ambiguous or ExitCode.NewerFormat => StatusCode.FailedPrecondition,
        ExitCode.NotFound => StatusCode.NotFound,
        ExitCode.Unauthenticated => StatusCode.Unauthenticated,
        ExitCode.Forbidden => StatusCode.PermissionDenied,
        ExitCode.Offline or ExitCode.Stale or ExitCode.Busy => StatusCode.Unavailable,
        ExitCode.Integrity => StatusCode.DataLoss,
        ExitCode.Limit => StatusCode.ResourceExhausted,
        ExitCode.Cancelled => StatusCode.Aborted,
        _ => StatusCode.Unknown,
    };
}
