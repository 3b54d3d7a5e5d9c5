using Vault.Demo;

var json = args.Contains("--json");
if (args.Except(["--json"]).FirstOrDefault() is { } unknown)
{
    Console.Error.WriteLine($"svault demo knows --json only, not {unknown}.");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, interrupt) =>
{
    interrupt.Cancel = true;
    stop.Cancel();
};
var report = new DemoReport(json ? null : Console.Out, TimeProvider.System);
await using (var stage = new Stage())
{
    await new Story(stage, report).PlayAsync(stop.Token);
}

report.Finish(json ? Console.Out : null);
return stop.IsCancellationRequested ? 130 : report.EveryStepHeld ? 0 : 1;
