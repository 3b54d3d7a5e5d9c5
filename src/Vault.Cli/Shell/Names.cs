using Vault.Ipc.V1;

namespace Vault.Cli.Shell;

/// <summary>The words that people type and read for the contract's enums. They are promises: scripts compare them.</summary>
internal static class Names
{
    private static readonly (ItemType Type, string Name)[] _types =
    [
        (ItemType.Login, "login"),
        (ItemType.Password, "password"),
        (ItemType.Note, "note"),
        (ItemType.Card, "card"),
        (ItemType.Identity, "identity"),
        (ItemType.ApiCredential, "api-credential"),
        (ItemType.SshKey, "ssh-key"),
        (ItemType.Wifi, "wifi"),
        (ItemType.Passkey, "passkey"),
        (ItemType.Document, "document"),
        (ItemType.Custom, "custom"),
    ];

    private static readonly (Role Role, string Name)[] _roles =
        [(Role.Owner, "owner"), (Role.Admin, "admin"), (Role.Editor, "editor"), (Role.Viewer, "viewer")];

    /// <summary>What stands for a secret that is not shown.</summary>
    public const string Mask = "••••••••";

    private const int IdDigits = 16;

    /// <summary>A name, or what of an id tells it from others where the name is not known here.</summary>
    public static string OrId(string name, string id) => name.Length > 0 ? name : id.Length > IdDigits ? id[..IdDigits] : id;

    /// <summary>A field as it is named in its item: <c>section.field</c>, or the field alone.</summary>
    public static string InSection(string section, string label) => section.Length == 0 ? label : $"{section}.{label}";

    public static string[] ItemTypes { get; } = [.. _types.Select(pair => pair.Name)];

    public static string[] Roles { get; } = [.. _roles.Select(pair => pair.Name)];

    public static ItemType ItemTypeOf(string name) => _types.Single(pair => pair.Name == name).Type;

    public static string Of(ItemType type) => _types.FirstOrDefault(pair => pair.Type == type).Name ?? "unknown";

    public static Role RoleOf(string name) => _roles.Single(pair => pair.Name == name).Role;

    public static string Of(Role role) => _roles.FirstOrDefault(pair => pair.Role == role).Name ?? "none";

    public static string Of(FieldType type) => type switch
    {
        FieldType.Text => "text",
        FieldType.Concealed => "concealed",
        FieldType.Email => "email",
        FieldType.Phone => "phone",
        FieldType.Number => "number",
        FieldType.Boolean => "boolean",
        FieldType.Date => "date",
        FieldType.YearMonth => "year-month",
        FieldType.Totp => "totp",
        FieldType.Url => "url",
        FieldType.Address => "address",
        FieldType.Country => "country",
        FieldType.PrivateKey => "private-key",
        FieldType.WifiSecurity => "wifi-security",
        FieldType.Bytes => "bytes",
        _ => "unknown",
    };

    public static string Of(GroupState state) => state switch
    {
        GroupState.Forked => "forked",
        GroupState.UpdateNeeded => "update needed",
        GroupState.Withheld => "withheld",
        GroupState.RelayBehind => "relay behind",
        GroupState.Offline => "offline",
        GroupState.Stale => "stale",
        GroupState.CatchingUp => "catching up",
        GroupState.Polling => "polling",
        GroupState.Live => "live",
        GroupState.Ended => "ended",
        _ => "unknown",
    };

    public static string Of(DeviceStanding standing) => standing switch
    {
        DeviceStanding.Self => "this-device",
        DeviceStanding.Unheard => "unheard",
        DeviceStanding.Agrees => "agrees",
        DeviceStanding.Behind => "behind",
        DeviceStanding.Ahead => "ahead",
        DeviceStanding.Disputes => "disputes",
        _ => "unknown",
    };

    public static string Of(StreamState state) => state switch
    {
        StreamState.Up => "up",
        StreamState.Connecting => "connecting",
        StreamState.Failing => "failing",
        StreamState.Down => "down",
        _ => "unknown",
    };

    public static string Of(OutboxState state) => state switch
    {
        OutboxState.Waiting => "waiting",
        OutboxState.Signed => "signed",
        OutboxState.SetAside => "set aside",
        _ => "unknown",
    };

    public static string Of(OutboxKind kind) => kind switch
    {
        OutboxKind.Add => "add",
        OutboxKind.Change => "change",
        OutboxKind.Delete => "delete",
        _ => "unknown",
    };

    public static string Of(LockState state) => state switch
    {
        LockState.NoAccount => "no account",
        LockState.Locked => "locked",
        LockState.Unlocked => "unlocked",
        _ => "unknown",
    };

    public static string Of(PinState pin) => pin switch
    {
        PinState.Invite => "invite",
        PinState.Words => "words",
        PinState.Met => "met",
        _ => "none",
    };

    public static string Of(CheckState state) => state switch
    {
        CheckState.Ok => "ok",
        CheckState.Warn => "warn",
        CheckState.Fail => "fail",
        CheckState.Skipped => "skipped",
        _ => "unknown",
    };

    public static string Of(WriteState state) => state == WriteState.Confirmed ? "confirmed" : "saved-here";

    public static string Of(ChangeKind kind) => kind switch
    {
        ChangeKind.Found => "found",
        ChangeKind.ReAnchor => "re-anchor",
        ChangeKind.GroupInfo => "group-info",
        ChangeKind.Remove => "remove",
        ChangeKind.Leave => "leave",
        ChangeKind.Role => "role",
        ChangeKind.OpenInvite => "open-invite",
        ChangeKind.CloseInvite => "close-invite",
        ChangeKind.Add => "add",
        ChangeKind.Epoch => "epoch",
        ChangeKind.Put => "put",
        ChangeKind.Delete => "delete",
        ChangeKind.Close => "close",
        _ => "unknown",
    };
}
