"""The kinds of damage that are done to a well-formed command line and its files."""
import gzip
import json
import re
import sys

from . import material
from .execution import Special

# Some files are nested 700 levels deep, and written by functions that call themselves.
sys.setrecursionlimit(20000)

EXTREMES = ["0", "-0", "-1", "1e300", "1e308", "1e-300", "5e-324", "1e999", "-1e300", "9223372036854775807",
            "9223372036854775808", "-9223372036854775808", "18446744073709551616", "1e18", "1e15", "1125899906842624",
            "4294967296", "2147483648", "0.5", "1e-9", "1000000", "1000000000000", "99999999999999999999999999999999",
            "0.1e1", "1E400", "3.0000000000000001", "1e-400", "NaN", "Infinity", "-Infinity", "0x10", "1_000", "01",
            "+1", ".5", "1.", "1e", "--1", "inf", "nan", "1,5", "1e+03", "٣"]
# Numbers that files may hold, and that the models may have never met.
LARGE_AND_SMALL = ["1e3", "1e6", "1e9", "1e12", "1e15", "1e18", "1e30", "1e300", "0.001", "1e-6", "1e-9", "1e-15", "1e-30",
                   "1e-300", "0", "0.5", "1", "2", "3", "7", "1000000", "4294967296"]
HOSTILE = ["\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "a\nb", "a\rb", "\x00", "a\x00b", "\x7f", "\u0085", "\u009b31m",
           "\u202eevil", "\u2066x\u2069", "\u200b", "\ufeff", "é", "e\u0301", "漢字", "😀", "\ud800", "<script>alert(1)</script>",
           "&lt;", "'", "\"", "`", "|", "%s%n%d", "$(id)", "../../x", "/etc/passwd", "..", ".", "", " ", "\t",
           "=1+1", "@x", "-", "--", "a" * 5000, "\u2028", "\u2029", "${x}", "\\", "*", "none", "null", "a,b", "a=b", "~"]
FORMULAS = ["batch/0", "batch//0", "batch/3", "batch-2", "-batch", "batch*batch*batch*batch*batch*batch",
            "9223372036854775807*2", "9223372036854775807+1", "-9223372036854775807-9", "(" * 200 + "1" + ")" * 200,
            "1" + "+1" * 3000, "nothing", "batch batch", "batch+", "()", "", "batch%2", "1.5", "2**3", "batch//-1",
            "(-9223372036854775807-1)//-1", "0*nothing", "4294967296*4294967296*batch", "((batch))", "bаtch", "batch/batch",
            "1125899906842624*batch", "1000000007*batch", "0", "0*batch"]
INTEGERS = [0, 1, -1, 2, 31, 32, 64, 65, 1 << 31, 1 << 50, (1 << 50) + 1, (1 << 63) - 1, 1 << 63, 10**15, 10**30]


class Pairs(list):
    """A JSON object as its members in order, so that a key may stand twice."""


class Literal(str):
    """A number as it is to be written, JSON or not."""


def parse(data):
    return json.loads(data, object_pairs_hook=lambda pairs: Pairs(map(list, pairs)))


def write(value):
    if isinstance(value, Literal):
        return str(value)
    if isinstance(value, Pairs):
        return "{" + ", ".join(json.dumps(key) + ": " + write(item) for key, item in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(write, value)) + "]"
    return json.dumps(value)


def places(root):
    """Every place of a value: the container and the index with which it is set."""
    found, waiting = [], [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Pairs):
            for member in value:
                found.append((member, 1))
                waiting.append(member[1])
        elif isinstance(value, list):
            for index, item in enumerate(value):
                found.append((value, index))
                waiting.append(item)
    return found


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


class Damage:
    """Does one kind of damage after the other; each returns what it did in words, or None where it does not apply."""

    def __init__(self, catalog):
        self.catalog = catalog
        self.file_kinds = [
            self.flip_bytes, self.insert_bytes, self.cut_range, self.truncate, self.duplicate_range, self.swap_ranges,
            self.swap_files, self.replace_file, self.encode, self.hostile_bytes, self.number_in_text]
        self.json_kinds = [
            self.extreme_number, self.extreme_number, self.scale_numbers, self.change_type, self.rename_key,
            self.remove_member, self.duplicate_key, self.unknown_key, self.nest_deeply, self.hostile_string,
            self.shake_array, self.move_subtree]
        self.workload_kinds = [self.break_formula, self.change_operator, self.change_shape, self.change_stream,
                               self.change_repeat]
        self.recording_kinds = [self.change_event, self.change_event, self.remove_event]
        self.csv_kinds = [self.change_cell, self.change_cell, self.change_column, self.line_ends]
        self.argument_kinds = [
            self.change_value, self.change_value, self.remove_argument, self.duplicate_argument, self.swap_arguments,
            self.unknown_option, self.hostile_argument, self.add_set, self.add_over, self.add_parameter, self.add_flag,
            self.attach_value, self.misspell]

    def apply(self, case, chance):
        """One kind of damage, chosen so that files of a case are met more often than its arguments."""
        for _ in range(8):
            draw = chance.random()
            if draw < 0.74 and self.texts(case):
                done = self.damage_file(case, chance)
            elif draw < 0.92:
                done = self.damage_arguments(case, chance)
            elif draw < 0.97:
                done = self.damage_environment(case, chance)
            else:
                done = self.damage_folder(case, chance)
            if done:
                case.changes.append(done)
                return

    # Files

    @staticmethod
    def texts(case):
        paths = [path for path, content in case.files.items() if isinstance(content, bytes)]
        return paths + (["-"] if case.stdin is not None else [])

    def damage_file(self, case, chance):
        path = chance.choice(sorted(self.texts(case)))
        data = case.stdin if path == "-" else case.files[path]
        is_packed = data[:2] == b"\x1f\x8b"
        inner, root = data, None
        if is_packed and chance.random() < 0.6:
            try:
                inner = gzip.decompress(data)
            except (OSError, EOFError, gzip.zlib.error):
                is_packed = False
        else:
            is_packed = False
        try:
            root = parse(inner)
        except (ValueError, RecursionError, UnicodeDecodeError):
            pass
        kinds = list(self.file_kinds)
        if isinstance(root, (list, Pairs)):
            kinds = self.json_kinds * 2 + kinds
            keys = {member[0] for member in root} if isinstance(root, Pairs) else set()
            if "program" in keys:
                kinds = self.workload_kinds * 5 + kinds
            if "traceEvents" in keys:
                kinds = self.recording_kinds * 5 + kinds
        elif path.endswith((".csv", ".partial")):
            kinds = self.csv_kinds * 4 + kinds
        kind = chance.choice(kinds)
        if kind in self.file_kinds:
            made, what = self.changed_bytes(kind, case, inner, chance)
        elif kind in self.csv_kinds:
            made, what = kind(inner, chance)
        else:
            what = kind(root, chance)
            made = write(root).encode("utf-8", "surrogatepass") if what else None
        if made is None or made == inner:
            return None
        if is_packed:
            made = material.packed(made)
        if path == "-":
            case.stdin = made
        else:
            case.files[path] = made
        case.changed_files.add(path)
        case.expected.pop(path.removesuffix(".partial"), None) if made[:1] == b"" else None
        return f"{path}: {what}"

    @staticmethod
    def changed_bytes(kind, case, data, chance):
        made, what = kind(case, data, chance)
        return made, what

    @staticmethod
    def flip_bytes(case, data, chance):
        if not data:
            return None, ""
        changed = bytearray(data)
        count = chance.choice([1, 1, 2, 8])
        for _ in range(count):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        return bytes(changed), f"{count} bytes changed"

    @staticmethod
    def insert_bytes(case, data, chance):
        at = chance.randrange(len(data) + 1)
        added = bytes(chance.randrange(256) for _ in range(chance.choice([1, 1, 3, 40])))
        return data[:at] + added + data[at:], f"{len(added)} bytes inserted at {at}"

    @staticmethod
    def hostile_bytes(case, data, chance):
        at = chance.randrange(len(data) + 1)
        text = chance.choice(HOSTILE)
        return data[:at] + text.encode("utf-8", "surrogatepass") + data[at:], f"{text[:20]!r} inserted at {at}"

    @staticmethod
    def number_in_text(case, data, chance):
        found = list(re.finditer(rb"\d+(?:\.\d+)?", data))
        if not found:
            return None, ""
        match, text = chance.choice(found), chance.choice(EXTREMES)
        return data[:match.start()] + text.encode() + data[match.end():], f"{text} for {match.group().decode()}"

    @staticmethod
    def cut_range(case, data, chance):
        begin = chance.randrange(len(data) + 1)
        end = min(len(data), begin + chance.choice([1, 2, 10, 200]))
        return data[:begin] + data[end:], f"bytes {begin} to {end} cut"

    @staticmethod
    def truncate(case, data, chance):
        end = chance.randrange(len(data) + 1)
        return data[:end], f"ends at {end}"

    @staticmethod
    def duplicate_range(case, data, chance):
        begin = chance.randrange(len(data) + 1)
        end = min(len(data), begin + chance.choice([1, 10, 100, 2000]))
        return data[:end] + data[begin:end] * chance.choice([1, 1, 3]) + data[end:], f"bytes {begin} to {end} repeated"

    @staticmethod
    def swap_ranges(case, data, chance):
        if len(data) < 4:
            return None, ""
        a, b, c = sorted(chance.sample(range(len(data) + 1), 3))
        return data[:a] + data[b:c] + data[a:b] + data[c:], f"bytes {a}, {b}, {c} swapped"

    def swap_files(self, case, data, chance):
        folder = chance.choice(sorted(self.catalog.files))
        pool = [self.catalog.files[folder][chance.choice(self.catalog.names[folder])], self.catalog.recording,
                self.catalog.measurements, *[content for content in case.files.values() if isinstance(content, bytes)]]
        return chance.choice(pool), "another file in its place"

    @staticmethod
    def replace_file(case, data, chance):
        content, what = chance.choice([
            (b"", "empty"), (b"{}", "{}"), (b"[]", "[]"), (b"null", "null"), (b"\n\n", "blank lines"),
            (b'{"schema": "workload/1"}', "a schema alone"), (b"[" * 100000, "100,000 brackets"),
            (b'{"a":' * 3000, "3,000 open objects"), (bytes(chance.randrange(256) for _ in range(300)), "random bytes"),
            (b"\x1f\x8b\x08\x00", "a gzip header alone"), (b'"' + b"a" * 100000, "a string without end"),
            (b"1" * 100000, "a long number"), (b"a,b,c\n1,2\n", "a short CSV")])
        return content, f"replaced: {what}"

    @staticmethod
    def encode(case, data, chance):
        kind = chance.choice(["BOM", "UTF-16", "CRLF", "CR", "latin", "NUL", "packed", "packed twice", "packed and cut",
                              "packed and more", "packed and changed"])
        if kind == "BOM":
            return b"\xef\xbb\xbf" + data, kind
        if kind == "UTF-16":
            return data.decode("utf-8", "replace").encode("utf-16"), kind
        if kind == "CRLF":
            return data.replace(b"\n", b"\r\n"), kind
        if kind == "CR":
            return data.replace(b"\n", b"\r"), kind
        if kind == "latin":
            return data + b"\xe9", kind
        if kind == "NUL":
            return data + b"\0", kind
        packed = material.packed(data)
        if kind == "packed twice":
            packed = material.packed(packed)
        elif kind == "packed and cut":
            packed = packed[:chance.randrange(len(packed))]
        elif kind == "packed and more":
            packed += chance.choice([b"junk", packed, b"\0" * 100])
        elif kind == "packed and changed":
            packed = bytearray(packed)
            packed[chance.randrange(len(packed))] ^= 1 << chance.randrange(8)
        return bytes(packed), kind

    # JSON

    @staticmethod
    def extreme_number(root, chance):
        numbers = [(where, index) for where, index in places(root) if is_number(where[index])]
        if not numbers:
            return None
        where, index = chance.choice(numbers)
        pool = LARGE_AND_SMALL if chance.random() < 0.6 else EXTREMES
        old, where[index] = where[index], Literal(chance.choice(pool))
        return f"{where[index]} for {old}{' of ' + str(where[0]) if index == 1 and isinstance(where[0], str) else ''}"

    @staticmethod
    def scale_numbers(root, chance):
        numbers = [(where, index) for where, index in places(root) if is_number(where[index])]
        if not numbers:
            return None
        factor = chance.choice([0, 0.001, 1000, 1e6, 1e12, 1e100])
        for where, index in chance.sample(numbers, min(len(numbers), chance.choice([1, 3, 10]))):
            value = where[index] * factor
            where[index] = int(value) if isinstance(where[index], int) and abs(value) < 1e18 else value
        return f"numbers times {factor}"

    @staticmethod
    def change_type(root, chance):
        where, index = chance.choice(places(root) or [([0], 0)])
        where[index] = chance.choice([None, True, False, "", "text", 0, -1, 1.5, [], Pairs(), [[]], [1, 2, 3],
                                      Pairs([["batch", 1]]), "7", ["a"], [None]])
        return f"the value of {where[0] if index else '[0]'} is {write(where[index])[:40]}"

    @staticmethod
    def members(root):
        return [where for where, index in places(root) if index == 1 and isinstance(where[0], str)]

    def rename_key(self, root, chance):
        members = self.members(root)
        if not members:
            return None
        member = chance.choice(members)
        old = member[0]
        member[0] = chance.choice([old.upper(), old + "s", old[:-1], old + "_us", chance.choice(HOSTILE), "schema", "name"])
        return f"{old} is called {member[0][:40]!r}"

    def objects(self, root):
        return [value for value in [root] + [where[index] for where, index in places(root)]
                if isinstance(value, Pairs) and value]

    def remove_member(self, root, chance):
        holders = self.objects(root)
        if not holders:
            return None
        holder = chance.choice(holders)
        return f"without {holder.pop(chance.randrange(len(holder)))[0]}"

    def duplicate_key(self, root, chance):
        holders = self.objects(root)
        if not holders:
            return None
        holder = chance.choice(holders)
        member = chance.choice(holder)
        holder.insert(chance.randrange(len(holder) + 1), list(member))
        return f"{member[0]} twice"

    def unknown_key(self, root, chance):
        holders = self.objects(root)
        if not holders:
            return None
        key = chance.choice(["extra", "nmae", chance.choice(HOSTILE)])
        chance.choice(holders).append([key, chance.choice([1, "x", [], Pairs()])])
        return f"a key {key[:40]!r}"

    @staticmethod
    def nest_deeply(root, chance):
        depth = chance.choice([63, 64, 65, 511, 512, 513, 700])
        where, index = chance.choice(places(root) or [([0], 0)])
        kind = chance.choice(["arrays", "objects", "repeats"])
        value = where[index]
        for _ in range(depth):
            if kind == "arrays":
                value = [value]
            elif kind == "objects":
                value = Pairs([["program", value]])
            else:
                value = [Pairs([["repeat", 2], ["program", value if isinstance(value, list) and not
                                                 isinstance(value, Pairs) else [value]]])]
        where[index] = value
        return f"{depth} {kind} around a value"

    @staticmethod
    def hostile_string(root, chance):
        strings = [(where, index) for where, index in places(root) if isinstance(where[index], str)]
        if not strings:
            return None
        where, index = chance.choice(strings)
        where[index] = chance.choice([chance.choice(HOSTILE), where[index] + chance.choice(HOSTILE)])
        return f"the text {where[index][-40:]!r}"

    @staticmethod
    def shake_array(root, chance):
        arrays = [where[index] for where, index in places(root)
                  if isinstance(where[index], list) and not isinstance(where[index], Pairs) and where[index]]
        if not arrays:
            return None
        array = chance.choice(arrays)
        kind = chance.choice(["emptied", "doubled", "shuffled", "shortened", "a thousandfold"])
        if kind == "emptied":
            array.clear()
        elif kind == "doubled":
            array += [parse(write(item)) for item in array]
        elif kind == "shuffled":
            chance.shuffle(array)
        elif kind == "shortened":
            array.pop(chance.randrange(len(array)))
        elif len(write(array)) < 200:
            array *= 1000
        return f"an array {kind}"

    @staticmethod
    def move_subtree(root, chance):
        spots = places(root)
        if len(spots) < 2:
            return None
        (to, to_index), (source, source_index) = chance.sample(spots, 2)
        to[to_index] = parse(write(source[source_index])) if len(write(source[source_index])) < 4000 else 1
        return "a value copied to another place"

    # Workloads

    @staticmethod
    def nodes(root, key):
        return [value for value in [where[index] for where, index in places(root)]
                if isinstance(value, Pairs) and any(member[0] == key for member in value)]

    @staticmethod
    def member(node, key):
        for member in node:
            if member[0] == key:
                return member
        member = [key, None]
        node.append(member)
        return member

    def break_formula(self, root, chance):
        spots = [(where, index) for where, index in places(root)
                 if (is_number(where[index]) or isinstance(where[index], str)) and isinstance(where, list) and (
                     not isinstance(where[0], str) or where[0] in ("repeat", "weight_elements") or index == 0)]
        if not spots:
            return None
        where, index = chance.choice(spots)
        where[index] = chance.choice(FORMULAS)
        return f"the formula {where[index][:40]!r}"

    def change_operator(self, root, chance):
        nodes = self.nodes(root, "operator")
        if not nodes:
            return None
        node = chance.choice(nodes)
        name = chance.choice(material.COPIES + material.OPERATORS + [chance.choice(HOSTILE)])
        self.member(node, "operator")[1] = chance.choice(["aten::", ""]) + name
        if chance.random() < 0.4:
            attribute = chance.choice(["stride", "padding", "dilation", "groups", "transposed", "kernel_size", "pinned"])
            self.member(node, "attributes")[1] = Pairs([[attribute, chance.choice([chance.choice(INTEGERS), [], [0, 0]])]])
        return f"the operator {name[:30]!r}"

    def change_shape(self, root, chance):
        nodes = self.nodes(root, "operator")
        if not nodes:
            return None
        node = chance.choice(nodes)
        key = chance.choice(["inputs", "inputs", "outputs"])
        ranks = [chance.randrange(0, 7) for _ in range(chance.randrange(0, 5))]
        self.member(node, key)[1] = [[chance.choice([0, 1, 1, 2, 64, chance.choice(INTEGERS)]) for _ in range(rank)]
                                     for rank in ranks]
        return f"{key} of ranks {ranks}"

    def change_stream(self, root, chance):
        nodes = self.nodes(root, "operator")
        if not nodes:
            return None
        node = chance.choice(nodes)
        if chance.random() < 0.6:
            self.member(node, "stream")[1] = chance.choice([0, 1, 2, 31, 32, -1])
        else:
            self.member(node, "waits_for_streams")[1] = chance.choice([[0], [1], [0, 1], [31], [32], [], [1, 1]])
        return "another stream"

    def change_repeat(self, root, chance):
        nodes = self.nodes(root, "operator")
        if not nodes:
            return None
        node = chance.choice(nodes)
        inner = Pairs(list(node))
        node.clear()
        node += [["repeat", chance.choice(INTEGERS + [1000, 10**6])], ["program", [inner]]]
        return f"repeated {node[0][1]} times"

    # Recordings

    def change_event(self, root, chance):
        nodes = self.nodes(root, "ph")
        if not nodes:
            return None
        node = chance.choice(nodes)
        key = chance.choice(["ts", "dur", "tid", "pid", "name", "cat", "ph", "correlation", "stream", "device",
                             "External id", "Input Dims", "bytes", "grid", "block", "Input type"])
        value = chance.choice([0, -1, 1e300, Literal("1e308"), 10**18, 0.0001, "x", None, [], [1, 2], [[]], [[0]],
                               [[10**15, 10**15]], [[-1]], 1, 2, chance.choice(HOSTILE), "aten::batch_norm", "kernel",
                               "cudaGraphLaunch", "cudaStreamSynchronize", Literal("9223372036854775807")])
        holder = node
        if key[0].isupper() or key in ("correlation", "stream", "device", "bytes", "grid", "block"):
            arguments = self.member(node, "args")
            if not isinstance(arguments[1], Pairs):
                arguments[1] = Pairs()
            holder = arguments[1]
        self.member(holder, key)[1] = value
        return f"an event's {key} is {str(value)[:30]!r}"

    def remove_event(self, root, chance):
        for member in root:
            if member[0] == "traceEvents" and isinstance(member[1], list) and member[1]:
                events = member[1]
                begin = chance.randrange(len(events))
                if chance.random() < 0.5:
                    del events[begin:begin + chance.choice([1, 2, 20])]
                    return "events removed"
                events.insert(chance.randrange(len(events) + 1), parse(write(events[begin])))
                return "an event repeated"
        return None

    # CSV

    @staticmethod
    def change_cell(data, chance):
        lines = data.split(b"\n")
        row = chance.randrange(len(lines))
        cells = lines[row].split(b",")
        column = chance.randrange(len(cells))
        text = chance.choice([chance.choice(EXTREMES), chance.choice(HOSTILE), "", "none", "nvidia-t4", "5", "resnet18"])
        cells[column] = text.encode("utf-8", "surrogatepass")
        lines[row] = b",".join(cells)
        return b"\n".join(lines), f"row {row + 1}, cell {column + 1} is {text[:30]!r}"

    @staticmethod
    def change_column(data, chance):
        lines = data.split(b"\n")
        cells = lines[0].split(b",")
        column = chance.randrange(len(cells))
        kind = chance.choice(["removed", "renamed", "twice", "moved"])
        if kind == "removed":
            lines = [b",".join(line.split(b",")[:column] + line.split(b",")[column + 1:]) for line in lines]
        elif kind == "renamed":
            lines[0] = b",".join(cells[:column] + [chance.choice(HOSTILE).encode("utf-8", "surrogatepass")] +
                                 cells[column + 1:])
        elif kind == "twice":
            lines = [b",".join(line.split(b",") + line.split(b",")[column:column + 1]) for line in lines]
        else:
            lines[0] = b",".join(cells[::-1])
        return b"\n".join(lines), f"column {column + 1} {kind}"

    @staticmethod
    def line_ends(data, chance):
        kind = chance.choice([b"\r\n", b"\r", b"\n\n", b'"\n', b"\n\"", b"\n,", b"\x0b\n"])
        lines = data.split(b"\n")
        if chance.random() < 0.5:
            return kind.join(lines), f"lines end in {kind!r}"
        at = chance.randrange(len(lines))
        return b"\n".join(lines[:at]) + kind + b"\n".join(lines[at:]), f"{kind!r} after line {at}"

    # Arguments

    def damage_arguments(self, case, chance):
        if not case.arguments:
            case.arguments = [chance.choice(["", "run", "--help", "--version", chance.choice(HOSTILE), "help"])]
            case.changed_elsewhere = True
            return f"the argument {case.arguments[0][:40]!r}"
        what = chance.choice(self.argument_kinds)(case, chance)
        if what:
            case.changed_elsewhere = True
        return what

    @staticmethod
    def change_value(case, chance):
        at = chance.randrange(len(case.arguments))
        old = case.arguments[at]
        name, equals, _ = old.partition("=")
        value = chance.choice([chance.choice(EXTREMES), chance.choice(HOSTILE), "1,2,3", "1..2:lin0", "1..1e9:log5",
                               "t4", "none", "run", "w.json", "."])
        case.arguments[at] = name + "=" + value if equals else value
        return f"{case.arguments[at][:50]!r} for {old[:40]!r}"

    @staticmethod
    def remove_argument(case, chance):
        return f"without {case.arguments.pop(chance.randrange(len(case.arguments)))[:40]!r}"

    @staticmethod
    def duplicate_argument(case, chance):
        begin = chance.randrange(len(case.arguments))
        part = case.arguments[begin:begin + chance.choice([1, 2])]
        case.arguments += part
        return f"{part} again"

    @staticmethod
    def swap_arguments(case, chance):
        if len(case.arguments) < 2:
            return None
        a, b = chance.sample(range(len(case.arguments)), 2)
        case.arguments[a], case.arguments[b] = case.arguments[b], case.arguments[a]
        return f"arguments {a} and {b} swapped"

    @staticmethod
    def unknown_option(case, chance):
        option = chance.choice(["--bogus", "-z", "--", "-", "--batch", "--format", "--=", "-=", "---", "--help=1", "-b",
                                "--" + chance.choice(HOSTILE)])
        case.arguments.insert(chance.randrange(len(case.arguments) + 1), option)
        return f"the option {option[:40]!r}"

    @staticmethod
    def hostile_argument(case, chance):
        text = chance.choice(HOSTILE)
        at = chance.randrange(len(case.arguments) + 1)
        case.arguments.insert(at, text)
        return f"the argument {text[:40]!r}"

    @staticmethod
    def add_set(case, chance):
        path = chance.choice(material.SETTABLE + ["accelerator.nothing", "host", "", chance.choice(HOSTILE)])
        value = chance.choice(LARGE_AND_SMALL * 2 + EXTREMES + ["", "x", chance.choice(HOSTILE)])
        case.arguments += ["--set", f"{path}={value}"]
        return f"--set {path[:60]}={value[:30]!r}"

    @staticmethod
    def add_over(case, chance):
        path = chance.choice(material.SETTABLE + ["batch", "accelerator", "host", "framework", "workload", "precision", "",
                                                  "sequence_length", chance.choice(HOSTILE)])
        low, high = chance.choice(EXTREMES + LARGE_AND_SMALL), chance.choice(EXTREMES + LARGE_AND_SMALL)
        value = chance.choice([
            low, f"{low},{high}", f"{low}..{high}:log{chance.choice([1, 3, 5])}", f"{low}..{high}:lin3", "*", "nvidia-*,t4",
            ",", "1,", "1..2", "1..2:", "1..2:lin", "1..2:lin999999999999999999999", "1..100:log30", "fp16,fp32,fp16",
            "1,1", chance.choice(HOSTILE), "2..1:lin4"])
        case.arguments += ["--over", f"{path}={value}"]
        return f"--over {path[:50]}={value[:50]!r}"

    @staticmethod
    def add_parameter(case, chance):
        name = chance.choice(["batch", "sequence_length", "image_size", "context", "", chance.choice(HOSTILE)])
        value = chance.choice(EXTREMES)
        case.arguments += chance.choice([["--parameter", f"{name}={value}"], ["--batch", value],
                                         ["--sequence-length", value]])
        return f"{case.arguments[-2]} {case.arguments[-1][:40]!r}"

    @staticmethod
    def add_flag(case, chance):
        added = chance.choice([
            ["--sensitivity"], ["--synchronized"], ["--ascii"], ["--help"], ["-h"], ["--format", "json"], ["--format", "csv"],
            ["--format", "yaml"], ["--method", "events"], ["--shard", chance.choice(["0/1", "2/1", "3/7", "1/999999999",
                                                                                     "9223372036854775807/9223372036854775807",
                                                                                     "x/y", "1", "-1/2", "1/0"])],
            ["--threads", chance.choice(EXTREMES)], ["--resume"], ["--output", "o.csv"], ["--output", "no/such/o.csv"],
            ["--output", "o.txt"], ["--timeline", "t2.json"], ["--year", chance.choice(EXTREMES)],
            ["--samples", chance.choice(["0", "-1", "3", "1e3", "x"])], ["--seed", chance.choice(EXTREMES)],
            ["--scale", f"{chance.choice(['peak', 'host', 'units', 'gap', 'x'])}={chance.choice(EXTREMES)}"],
            ["--target", f"{chance.choice(['latency_us', 'framework_tax_fraction', 'x'])}={chance.choice(EXTREMES)}"],
            ["--vary", chance.choice(["batch", "host,host", "peak,", "x", "units"])],
            ["--host-speed", chance.choice(EXTREMES)], ["--device-speed", chance.choice(EXTREMES)],
            ["--step", chance.choice(EXTREMES)], ["--rounds", chance.choice(["0", "1", "-1", "x"])],
            ["--profiler-overhead-us", chance.choice(EXTREMES)], ["--width", chance.choice(EXTREMES)],
            ["--fit", chance.choice(["host", "none", "accelerator.efficiency.memory", "x", "accelerator.clock_ghz"])],
            ["--kernel-model", chance.choice(["roofline", "x"])], ["--precision", chance.choice(material.PRECISIONS)],
            ["--catalog", chance.choice(["cat", "nowhere", "w.json", ""])], ["--history", chance.choice(["*", "x*", "amd-*"])],
            ["--against", "t4"], ["--host", "none"], ["--framework", chance.choice(["tensorrt", "torch-compile-graphs"])],
            ["--chart", chance.choice(material.CHARTS)], ["--recorded-accelerator", "t4"], ["--plan", "p.json"]])
        case.arguments += added
        return " ".join(added)[:60]

    @staticmethod
    def attach_value(case, chance):
        flags = [index for index, argument in enumerate(case.arguments[:-1]) if argument.startswith("--")]
        if not flags:
            return None
        at = chance.choice(flags)
        case.arguments[at:at + 2] = [case.arguments[at] + "=" + case.arguments[at + 1]]
        return "a value attached"

    @staticmethod
    def misspell(case, chance):
        at = chance.randrange(len(case.arguments))
        text = case.arguments[at]
        if len(text) < 2:
            return None
        cut = chance.randrange(len(text))
        case.arguments[at] = text[:cut] + chance.choice(["", text[cut] * 2, "x", "é", "\x1b", text[cut].upper()]) + text[cut + 1:]
        return f"{case.arguments[at][:40]!r} for {text[:40]!r}"

    # Environment and folder

    @staticmethod
    def damage_environment(case, chance):
        numbers = ["0", "1", "-1", "9223372036854775807", "-9223372036854775808", "x", "", "2", "1e3", "99999999999999999999"]
        kind = chance.choice(["SIMULATE_CATALOG", "COLUMNS", "NO_COLOR", "LC_ALL", "TERM", "SLURM", "SLURM", "TZ"])
        if kind == "SLURM":
            added = {f"SLURM_ARRAY_TASK_{name}": chance.choice(numbers) for name in ("ID", "COUNT", "MIN", "MAX")
                     if chance.random() < 0.8}
        elif kind == "COLUMNS":
            added = {kind: chance.choice(numbers)}
        elif kind == "SIMULATE_CATALOG":
            added = {kind: chance.choice(["cat", "nowhere", "w.json", "", ".", "a\x1bb", "a\nb"])}
        else:
            added = {kind: chance.choice(["", "C", "tr_TR.UTF-8", "de_DE.UTF-8", "dumb", "\x1b[31m", "x" * 1000])}
        case.environment = case.environment | added
        case.changed_elsewhere = True
        return f"environment {added}"[:80]

    def damage_folder(self, case, chance):
        """What stands in the folder: folders, links and pipes where files should be."""
        case.changed_elsewhere = True
        kind = chance.choice(["a pipe in the catalog", "a dangling link in the catalog", "a folder in the catalog",
                              "a second profile", "a file is a folder", "a file is a dangling link", "a link loop",
                              "output is a folder", "output is a link", "partial is a folder", "partial is a link"])
        names = [path for path in case.files if "/" not in path]
        if "catalog" in kind or kind == "a second profile":
            if "cat" not in case.arguments:
                case.arguments += ["--catalog", "cat"]
            path = f"cat/{chance.choice(['accelerators', 'hosts', 'frameworks', 'workloads'])}/z.json"
            case.files["cat/hosts/y.json"] = self.catalog.files["hosts"]["reference"] if "reference" in \
                self.catalog.files["hosts"] else self.catalog.files["hosts"][self.catalog.names["hosts"][0]]
            case.files[path] = {"a pipe in the catalog": Special("pipe"), "a folder in the catalog": Special("folder"),
                                "a dangling link in the catalog": Special("link", "nowhere")}.get(
                                    kind, case.files["cat/hosts/y.json"])
        elif kind.startswith("output") or kind.startswith("partial"):
            ending = "csv" if case.arguments[:1] == ["sweep"] else "svg"
            if "--output" not in case.arguments:
                case.arguments += ["--output", f"o.{ending}"]
            at = len(case.arguments) - 1 - case.arguments[::-1].index("--output") + 1
            path = case.arguments[at] if at < len(case.arguments) else f"o.{ending}"
            if not re.fullmatch(r"[a-z]+\.[a-z]+", path):
                return None
            path += ".partial" if kind.startswith("partial") else ""
            case.files["victim"] = b"precious"
            case.files[path] = Special("folder") if "folder" in kind else Special("link", "victim")
            case.expected = {}
        elif names:
            path = chance.choice(sorted(names))
            case.files[path] = Special("folder") if "folder" in kind else Special(
                "link", "nowhere" if "dangling" in kind else path)
        else:
            return None
        return kind


OUTWARD = re.compile(r"(?:(?<==)|(?<=^-o)|^)/+")


def tame(case):
    """Keeps every path inside of the case's folder, and what cannot be an argument out of the arguments."""
    tamed = []
    for argument in case.arguments:
        argument = OUTWARD.sub("", argument.replace("\x00", "").encode("utf-8", "surrogateescape" if any(
            0xDC80 <= ord(character) <= 0xDCFF for character in argument) else "replace").decode(
                "utf-8", "surrogateescape"))
        tamed.append(argument)
    case.arguments = tamed
    case.environment = {key: value.replace("\x00", "") for key, value in case.environment.items()}
