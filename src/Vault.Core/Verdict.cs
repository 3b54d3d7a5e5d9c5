namespace Vault.Core;

/// <summary>Either a value that was checked, or the fault that forbids it.</summary>
public readonly struct Verdict<T>
    where T : class
{
    private readonly T? _value;
    private readonly Fault? _fault;

    private Verdict(T? value, Fault? fault)
    {
        _value = value;
        _fault = fault;
    }

    /// <summary>Whether there is a value.</summary>
    public bool IsValid => _value is not null;

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">There is a fault instead.</exception>
    public T Value => _value ?? throw new InvalidOperationException($"No value: {_fault}");

    /// <summary>The fault.</summary>
    /// <exception cref="InvalidOperationException">There is a value instead.</exception>
    public Fault Fault => _fault ?? throw new InvalidOperationException("No fault: the value is valid.");

    public static implicit operator Verdict<T>(T value) => new(value, null);

    public static implicit operator Verdict<T>(Fault fault) => new(null, fault);
}
