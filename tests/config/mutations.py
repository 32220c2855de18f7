"""Ways to spoil a run file: bytes, lines, keys, values; each is steered by two numbers below 1."""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzzing import flipped

Mutation = Callable[[bytes, float, float], bytes]

VALUES = [
    "", "~", "null", "true", "no", "-1", "0", "3", "7", "1e3", "1e300", "1e999", "-0.0", ".inf",
    "-.inf", ".nan", "0x10", "0o17", "1_000", "9" * 40, "9" * 5000, "2001-01-01", "[]", "{}",
    "[X]", "[[X], [W X]]", "[gc X gc]", "[1, 2]", "[K, Na]", "[K, K]", "{a: 1}", "rigid", "free",
    "bulk", "caps", "kcsa", "mthk", "charmm36", "jc-spce", "[charmm36, jc-spce]", "310", "310 K",
    "37 degC", "98.6 F", "0 K", "-5 K", "1e300 K", "0.3 angstrom", "0.3 A", "-4 angstrom",
    "1e3 nm", "-1e300 angstrom", "1e-300 angstrom", "5 kcal/mol", "-5 kcal/mol/angstrom^2",
    "0 kcal/mol/angstrom^2", "1e6 kJ/mol/nm^2", "5 kT", "5 furlong", "5 mM", "5 mM mM",
    '"[K W X W]"', '"[W W W W W W W W X]"', '"[X X]"', "[S3, S1]", "[S1, S3]", "[S1]",
    "[S9, S1]", "!x y", "!!python/object:os.system x", "&a [*a]", "*a", "'", '"', "|", "> x",
    "? x", "@", "%", "`", "\t", "\u2028", "\x85", "\u200b310 K", "３１０ K", "310 °C", "é", "K⁺",
    "filter", "cage", "droplet", "<<", "=", "- x", "[" * 20, "{" * 20, "#", "x" * 70_000,
    "../../etc/passwd", "/dev/null", "/proc/self/mem", "a\\0b", '"\\x00"', '"\\ud800"', "..",
    "con.pdb", "x" * 300 + ".toml",
]  # fmt: skip
KEYS = [
    "title", "temperature", "forcefield", "ions", "pair", "headline", "systems", "sampling",
    "membrane", "kind", "structure", "composition", "reservoir", "interior", "windows", "lower",
    "upper", "spacing", "force_constant", "caps", "tether", "orientation", "reference", "waters",
    "molecules", "carbonyls", "radius", "wall", "solvent", "carbonyl_charge", "on_axis", "seed",
    "ligand_electrostatics", "replicas", "production", "stride", "segments", "exchange_every",
    "preset", "permeability", "concentrations", "kappa", "k_theta", "Temperature", "", "1", "~",
    "[a]", "{a: b}", "<<", "a.b", "x" * 300, "é", "? x", "*a", "&a x", "- x",
]  # fmt: skip
PIECES = [
    b"\xef\xbb\xbf", b"\x00", b"\xff", b"\xe9", b"\xc3", b"\xed\xa0\x80", b"\r", b"\r\n", b"\n",
    b"\t", b" ", b":", b": ", b"- ", b"#", b"'", b'"', b"[", b"]", b"{", b"}", b",", b"&a ", b"*a",
    b"|", b">", b"!", b"%YAML 9.9\n---\n", b"---\n", b"...\n", b"\xe2\x80\xa8", b"\xf0\x9f\x92\xa7",
    b"\x1b[31m", b"\x7f", b"\\",
]  # fmt: skip


def _pick(items: list, share: float):  # type: ignore[type-arg, no-untyped-def]
    return items[int(share * len(items))]


def _lines(raw: bytes) -> list[bytes]:
    return raw.split(b"\n")


def flip(raw: bytes, a: float, b: float) -> bytes:
    """One bit."""
    return flipped(raw, [int(a * 8 * len(raw))]) if raw else raw


def cut(raw: bytes, a: float, b: float) -> bytes:
    """Everything from somewhere on."""
    return raw[: int(a * len(raw))]


def delete(raw: bytes, a: float, b: float) -> bytes:
    """Some bytes."""
    at = int(a * len(raw))
    return raw[:at] + raw[at + 1 + int(b * 12) :]


def repeat(raw: bytes, a: float, b: float) -> bytes:
    """A piece of itself, again, somewhere after."""
    at = int(a * len(raw))
    return raw[:at] + raw[int(b * at) :]


def insert(raw: bytes, a: float, b: float) -> bytes:
    """A byte, a mark or a sign that means something to YAML."""
    at = int(a * len(raw))
    return raw[:at] + _pick(PIECES, b) + raw[at:]


def drop_line(raw: bytes, a: float, b: float) -> bytes:
    lines = _lines(raw)
    del lines[int(a * len(lines))]
    return b"\n".join(lines)


def double_line(raw: bytes, a: float, b: float) -> bytes:
    """A line a second time: a key that stands twice, a system of the same name."""
    lines = _lines(raw)
    lines.insert(int(b * len(lines)), lines[int(a * len(lines))])
    return b"\n".join(lines)


def move_line(raw: bytes, a: float, b: float) -> bytes:
    lines = _lines(raw)
    line = lines.pop(int(a * len(lines)))
    lines.insert(int(b * (len(lines) + 1)), line)
    return b"\n".join(lines)


def indent(raw: bytes, a: float, b: float) -> bytes:
    """A line deeper or less deep, by spaces or a tab."""
    lines = _lines(raw)
    at = int(a * len(lines))
    by = _pick([b" ", b"  ", b"    ", b"\t", b"outwards"], b)
    lines[at] = lines[at].lstrip() if by == b"outwards" else by + lines[at]
    return b"\n".join(lines)


def misspell(raw: bytes, a: float, b: float) -> bytes:
    """A letter of a line less, or two of them exchanged."""
    lines = _lines(raw)
    at = int(a * len(lines))
    line = lines[at]
    i = int(b * len(line))
    swapped = line[:i] + line[i + 1 : i + 2] + line[i : i + 1] + line[i + 2 :]
    lines[at] = line[:i] + line[i + 1 :] if int(b * 1000) % 2 else swapped
    return b"\n".join(lines)


def rename(raw: bytes, a: float, b: float) -> bytes:
    """Another key in place of a line's own."""
    lines = _lines(raw)
    at = int(a * len(lines))
    old, colon, rest = lines[at].partition(b":")
    blank = old[: len(old) - len(old.lstrip())]
    lines[at] = blank + _pick(KEYS, b).encode() + (colon or b":") + rest
    return b"\n".join(lines)


def add_key(raw: bytes, a: float, b: float) -> bytes:
    """A key with a value that stands nowhere yet."""
    lines = _lines(raw)
    at = int(a * len(lines))
    blank = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    line = blank + _pick(KEYS, b).encode() + b": " + _encoded(_pick(VALUES, a * 997 % 1.0))
    return b"\n".join([*lines[:at], line, *lines[at:]])


def revalue(raw: bytes, a: float, b: float) -> bytes:
    """Another value in place of a line's own."""
    lines = _lines(raw)
    at = int(a * len(lines))
    key, colon, _ = lines[at].partition(b":")
    lines[at] = key + colon + b" " + _encoded(_pick(VALUES, b))
    return b"\n".join(lines)


def inner_value(raw: bytes, a: float, b: float) -> bytes:
    """Another value in place of one in braces or brackets."""
    ends = [i for i, byte in enumerate(raw) if byte in b",}]"]
    if not ends:
        return raw
    end = _pick(ends, a)
    begin = max(raw.rfind(mark, 0, end) for mark in (b": ", b", ", b"[")) + 1
    return raw[:begin] + b" " + _encoded(_pick(VALUES, b)) + raw[end:]


def encoding(raw: bytes, a: float, b: float) -> bytes:
    """The whole file in another encoding or with other ends of lines."""
    text = raw.decode("utf-8", "replace")
    kinds: list[Callable[[], bytes]] = [
        lambda: raw.replace(b"\n", b"\r\n"),
        lambda: raw.replace(b"\n", b"\r"),
        lambda: b"\xef\xbb\xbf" + raw,
        lambda: text.encode("utf-16"),
        lambda: text.encode("utf-32-le"),
        lambda: text.replace("a", "å").encode("latin-1", "replace"),
        lambda: text.replace(" ", "\u00a0").encode(),
        lambda: text.upper().encode(),
        lambda: text.replace("  ", "\t").encode(),
        lambda: text.translate(str.maketrans("0123456789", "０１２３４５６７８９")).encode(),
    ]
    return kinds[int(a * len(kinds))]()


def bomb(raw: bytes, a: float, b: float) -> bytes:
    """Nesting, aliases and sizes that cost a careless reader its memory or its stack."""
    depth = _pick([30, 300, 3000, 30_000], b)
    doubled = "".join(
        f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 9) if i else 'x'}]\n" for i in range(12)
    )
    kinds: list[Callable[[], bytes]] = [
        lambda: raw + b"\nextra: " + b"[" * depth + b"]" * depth,
        lambda: raw + b"\nextra: " + b"{a: " * depth + b"1" + b"}" * depth,
        lambda: raw + b"\n" + b"".join(b" " * i + b"a:\n" for i in range(min(depth, 1200))),
        lambda: doubled.encode() + raw,
        lambda: raw + b"\nextra: &a {b: *a}\n",
        lambda: raw + b"\nextra: &a [*a, *a]\n",
        lambda: raw + b"\n<<: {temperature: 300 K}\n",
        lambda: raw + b"\nions: [" + b"K, " * depth + b"Na]\n",
        lambda: raw + b"\n" + b"".join(b"k%d: 1\n" % i for i in range(depth)),
        lambda: raw + b"\ntitle: " + b"x" * (30 * depth),
        lambda: raw.replace(b"systems:\n", b"systems:\n" + b"  s: {kind: droplet}\n" * 200),
        lambda: raw + b"#" * 1_100_000,
    ]
    return kinds[int(a * len(kinds))]()


MUTATIONS: dict[str, Mutation] = {
    m.__name__: m
    for m in (
        flip, cut, delete, repeat, insert, drop_line, double_line, move_line, indent, misspell,
        rename, add_key, revalue, inner_value, encoding, bomb,
    )
}  # fmt: skip


def mutated(raw: bytes, steps: list[tuple[str, float, float]]) -> bytes:
    """``raw`` after the mutations named, each with its two numbers."""
    for name, a, b in steps:
        raw = MUTATIONS[name](raw, a, b)
    return raw


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
