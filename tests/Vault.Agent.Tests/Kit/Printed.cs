namespace Vault.Agent.Tests.Kit;

/// <summary>What a piece of a command writes to the two outputs of its process. Nothing else of this assembly writes there.</summary>
internal static class Printed
{
    private static readonly Lock s_gate = new();

    public static (string Out, string Error) Of(Action print)
    {
        lock (s_gate)
        {
            var (answer, notice) = (Console.Out, Console.Error);
            using var ours = new StringWriter();
            using var errors = new StringWriter();
            Console.SetOut(ours);
            Console.SetError(errors);
            try
            {
                print();
            }
            finally
            {
                Console.SetOut(answer);
                Console.SetError(notice);
            }

            return (ours.ToString(), errors.ToString());
        }
    }
}
