using System.Globalization;
using System.Text;

namespace Vault.Crypto.Unicode;

/// <summary>
/// Unicode normalisation form KC (UAX #15) with tables of Unicode 14.0.0 compiled in. The platform's own is no choice for a
/// password: under invariant globalization <c>string.Normalize</c> returns its input, and with ICU the result would depend on
/// the version that lies on each machine, so one password could open a vault on one device and not on the next.
/// Code points that Unicode 14 had not assigned stand for themselves, for ever.
/// </summary>
internal static class CompatibilityComposition
{
    // Hangul syllables are arithmetic (Unicode standard, section 3.12).
    private const int SyllableBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TailBase = 0x11A7;
    private const int LeadCount = 19;
    private const int VowelCount = 21;
    private const int TailCount = 28;
    private const int SyllableCount = LeadCount * VowelCount * TailCount;

    // The longest expansion: U+FDFA becomes 18 code points.
    private const int LongestDecomposition = 18;

    private static readonly Lazy<Tables> Loaded = new(Load);

    /// <summary>An upper bound for what normalising this many code points can give.</summary>
    public static int BoundOf(int codePoints) => checked(codePoints * LongestDecomposition);

    /// <summary>
    /// Normalises code points into the destination, of at least <see cref="BoundOf"/> many; returns how many were written.
    /// Works in the caller's memory only, so that a caller with a secret can wipe all of it.
    /// </summary>
    public static int Normalize(ReadOnlySpan<int> source, Span<int> destination)
    {
        var tables = Loaded.Value;
        var length = Decompose(tables, source, destination);
        Order(tables, destination[..length]);
        return Compose(tables, destination[..length]);
    }

    private static int Decompose(Tables tables, ReadOnlySpan<int> source, Span<int> destination)
    {
        var length = 0;
        foreach (var point in source)
        {
            var syllable = point - SyllableBase;
            if (syllable is >= 0 and < SyllableCount)
            {
                destination[length++] = LeadBase + (syllable / (VowelCount * TailCount));
                destination[length++] = VowelBase + (syllable / TailCount % VowelCount);
                if (syllable % TailCount != 0)
                {
                    destination[length++] = TailBase + (syllable % TailCount);
                }
            }
            else if (tables.Decompositions.TryGetValue(point, out var parts))
            {
                parts.CopyTo(destination[length..]);
                length += parts.Length;
            }
            else
            {
                destination[length++] = point;
            }
        }

        return length;
    }

    // Canonical ordering: marks sort by class, stably, and never across a starter. Insertion, for runs are short.
    private static void Order(Tables tables, Span<int> points)
    {
        for (var at = 1; at < points.Length; at++)
        {
            var point = points[at];
            var rank = tables.ClassOf(point);
            var to = at;
            while (rank != 0 && to > 0 && tables.ClassOf(points[to - 1]) > rank)
            {
                points[to] = points[to - 1];
                to--;
            }

            points[to] = point;
        }
    }

    // A mark joins the last starter unless something of its class or higher stands between.
    private static int Compose(Tables tables, Span<int> points)
    {
        var starter = -1;
        var lastClass = 0;
        var length = 0;
        foreach (var point in points)
        {
            var rank = tables.ClassOf(point);
            var adjacent = length - 1 == starter;
            if (starter >= 0 && (adjacent || lastClass < rank) && tables.Pair(points[starter], point) is { } composite)
            {
                points[starter] = composite;
                continue;
            }

            if (rank == 0)
            {
                starter = length;
            }

            lastClass = rank;
            points[length++] = point;
        }

        return length;
    }

    private static Tables Load()
    {
        using var stream = typeof(CompatibilityComposition).Assembly.GetManifestResourceStream("nfkc-14.0.txt")
            ?? throw new InvalidOperationException("The normalisation tables are missing from the assembly.");
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var tables = new Tables([], [], []);
        while (reader.ReadLine() is { } line)
        {
            if (line[0] == '#')
            {
                continue;
            }

            var numbers = line[2..].Split(' ').Select(hex => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
            switch (line[0])
            {
                case 'K':
                    tables.Classes.Add(numbers[0], numbers[1]);
                    break;
                case 'D':
                    tables.Decompositions.Add(numbers[0], numbers[1..]);
                    break;
                case 'P':
                    tables.Composites.Add((numbers[0], numbers[1]), numbers[2]);
                    break;
                default:
                    throw new InvalidOperationException("The normalisation tables are damaged.");
            }
        }

        return tables;
    }

    private sealed record Tables(
        Dictionary<int, int> Classes, Dictionary<int, int[]> Decompositions, Dictionary<(int First, int Second), int> Composites)
    {
        public int ClassOf(int point) => Classes.GetValueOrDefault(point);

        public int? Pair(int first, int second)
        {
            var lead = first - LeadBase;
            var vowel = second - VowelBase;
            if (lead is >= 0 and < LeadCount && vowel is >= 0 and < VowelCount)
            {
                return SyllableBase + (((lead * VowelCount) + vowel) * TailCount);
            }

            var syllable = first - SyllableBase;
            var tail = second - TailBase;
            if (syllable is >= 0 and < SyllableCount && syllable % TailCount == 0 && tail is > 0 and < TailCount)
            {
                return first + tail;
            }

            return Composites.TryGetValue((first, second), out var composite) ? composite : null;
        }
    }
}
