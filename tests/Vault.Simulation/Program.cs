using Vault.Simulation.Runner;

return args switch
{
    ["validate", var path] => Validation.Run(path),
    ["plant", .. var names] => Planting.Run(names),
    _ => RunOptions.Parse(args) is { } options ? SeedRange.Run(options) : 2,
};
