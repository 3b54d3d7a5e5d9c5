namespace Vault.Benchmarks.Harness;

/// <summary>Something whose cost has a floor: the same work done by the bare parts that it stands on.</summary>
internal interface IBenchmark
{
    /// <summary>What the command line calls it.</summary>
    string Name { get; }

    /// <summary>Measures, with the floor in the same run.</summary>
    Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken);
}
