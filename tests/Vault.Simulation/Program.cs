using Vault.Simulation.Runner;

return args switch
{
    ["validate", var path] => Validation.Run(path),
    _ => RunOptions.Parse(args) is { } options ? SeedRange.Run(options) : 2,
};
