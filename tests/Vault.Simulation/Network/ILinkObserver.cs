namespace Vault.Simulation.Network;

/// <summary>Told of what the relay's process takes and gives on a link, at its side, before anything can be lost on the way.</summary>
public interface ILinkObserver
{
    /// <summary>A unary call is answered.</summary>
    /// <param name="arrived">When the request reached the relay, in ticks of 100 ns since the world began.</param>
    void Answered(string method, long arrived, byte[] request, byte[] response);

    /// <summary>A stream is opened; returns its number.</summary>
    int Opened(byte[] request);

    /// <summary>A message of a stream is given to the transport.</summary>
    /// <param name="waited">It had to wait for the reader.</param>
    void Sent(int stream, byte[] message, bool waited);

    /// <summary>The relay is done with a stream, or its process is.</summary>
    void Ended(int stream);
}
