using System.Diagnostics;

namespace Vault.Simulation.Runner;

/// <summary>
/// Shows that the simulation finds what it is for: plants one bug at a time in a copy of the source, builds it, and runs seeds until one
/// breaks a promise.
/// </summary>
internal static class Planting
{
    private const int SeedsMost = 2_000;

    public static int Run(IReadOnlyList<string> names)
    {
        var root = Plant.Root();
        var all = Plant.All(root);
        var wanted = names.Count == 0 ? all : [.. all.Where(plant => names.Contains(plant.Name))];
        if (wanted.Count != (names.Count == 0 ? all.Count : names.Count))
        {
            Console.Error.WriteLine($"There are: {string.Join(", ", all.Select(plant => plant.Name))}");
            return 2;
        }

        var copy = Directory.CreateTempSubdirectory("vault-planted-").FullName;
        try
        {
            Copy(root, copy);
            var found = wanted.Select(plant => Find(plant, root, copy)).ToList();
            return found.TrueForAll(one => one) ? 0 : 1;
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private static bool Find(Plant plant, string root, string copy)
    {
        var planted = plant.Apply(root);
        foreach (var (path, text) in planted)
        {
            File.WriteAllText(Path.Combine(copy, path), text);
        }

        var built = Start(copy, ["build", "-c", "Release", Path.Combine("tests", "Vault.Simulation"), "--nologo", "-v", "q", "-p:RunAnalyzers=false"], out var messages);
        var found = built
            ? Search(plant, copy)
            : throw new InvalidDataException($"{plant.Name} does not compile any more:\n{messages}");
        foreach (var path in planted.Keys)
        {
            File.Copy(Path.Combine(root, path), Path.Combine(copy, path), overwrite: true);
            File.SetLastWriteTimeUtc(Path.Combine(copy, path), TimeProvider.System.GetUtcNow().UtcDateTime);
        }

        return found;
    }

    private static bool Search(Plant plant, string copy)
    {
        var program = Path.Combine(copy, "artifacts", "bin", "Vault.Simulation", "release", "Vault.Simulation.dll");
        var clean = Start(copy, [program, "--seeds", $"{SeedsMost}", "--from", "1", "--stop"], out var output);
        var line = output.Split('\n').FirstOrDefault(line => line.StartsWith("seed ", StringComparison.Ordinal));
        Console.WriteLine(clean || line is null ? $"{plant.Name}: NOT FOUND in {SeedsMost} seeds\n{output}" : $"{plant.Name}: {line}");
        return !clean && line is not null;
    }

    private static bool Start(string directory, IEnumerable<string> arguments, out string output)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static void Copy(string root, string copy)
    {
        foreach (var file in Directory.GetFiles(root))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        foreach (var directory in (string[])["src", "protos", Path.Combine("tests", "Vault.Simulation")])
        {
            foreach (var file in Directory.GetFiles(Path.Combine(root, directory), "*", SearchOption.AllDirectories))
            {
                var to = Path.Combine(copy, Path.GetRelativePath(root, file));
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.Copy(file, to);
            }
        }

        foreach (var file in Directory.GetFiles(Path.Combine(root, "tests"), "*.props"))
        {
            File.Copy(file, Path.Combine(copy, "tests", Path.GetFileName(file)));
        }
    }
}
