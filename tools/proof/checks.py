"""What must hold of every execution, whatever it was given."""
import csv
import decimal
import io
import json
import math
import os
import re

STATUSES = {0, 1, 2, 64, 74}
PEAK_BYTES = 400_000_000
# Sums of exact decimals are exact.
decimal.getcontext().prec = 100

# C0 but tab and newline, DEL, C1, and what turns the direction of text.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
ERROR_LINE = re.compile(r"^(?:.*?: )?error: ", re.M)
NOT_FINITE = re.compile(r"(?<![\w.'/-])[-+]?(?:nan|inf|infinity)(?![\w'/-]|\s+(?:cache|fabric))", re.I)
NEGATIVE = re.compile(r"(?<![\w.,)\]'\"/:-])-\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?")
# What only a simulation can find out has the point of a sweep as its place, or all of the run; what a plan leaves to the
# command line is nobody's fault but the line's.
POINT = re.compile(
    r"\(at [^)]*=|^error: the run (?:would take|needs more than)|^error: the trends lead|^error: nothing is varied"
    r"|^error: a trend of |: error: no such file$|^error: --\w+|^[^\n:]+:\d+:\d+: error: ", re.M)
QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
# Members of JSON and columns of CSV that may be below zero, or that repeat what was asked for.
SIGNED = re.compile(r"sensitiv|error|elasticit|residual|change|bias|skill|^set$|^inputs$|^scale$|^target$|log_")
# Commands whose tables say differences.
SIGNED_TABLES = {"trace", "validate", "calibrate", "project", "study", "report", "profiles"}
NUMBER_COLUMN = re.compile(r"_(us|ms|gb|fraction|per_byte|tflops|flops|bytes)$|^(flops|bytes|runs|kernels|operators)$")


def findings(case, outcome):
    """What is wrong, as (kind, detail) pairs; empty when all is well."""
    wrong = []
    if outcome.timed_out:
        return [("hang", f"{outcome.seconds:.0f} s, of them {outcome.cpu_seconds:.1f} s computing")]
    if outcome.signal or outcome.status not in STATUSES:
        what = f"signal {outcome.signal}" if outcome.signal else f"status {outcome.status}"
        wrong.append(("trap", f"{what}: {first_line(outcome.err)}"))
    if outcome.peak_bytes > PEAK_BYTES:
        wrong.append(("memory", f"{outcome.peak_bytes / 1e6:.0f} MB"))
    if outcome.strays:
        wrong.append(("stray", f"wrote {outcome.strays} outside its folder"))
    err = decoded(outcome.err, "standard error", wrong)
    out = decoded(outcome.out, "standard output", wrong)
    if not outcome.signal and outcome.status in STATUSES:
        wrong += errors(case, outcome, err) + disk(case, outcome) + escapes(case, out, err)
        if outcome.status in (0, 1):
            wrong += numbers(case, out, outcome)
    return wrong


def first_line(data):
    return data.decode(errors="replace").strip().split("\n")[0][:200]


def decoded(data, what, wrong):
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        wrong.append(("encoding", f"{what} is not UTF-8: {data[max(0, error.start - 20):error.end + 20]!r}"))
        return data.decode(errors="replace")


def option(case, *names):
    """The value of an option of the command line, or None."""
    for index, argument in enumerate(case.arguments):
        if argument in names and index + 1 < len(case.arguments):
            return case.arguments[index + 1]
        for name in names:
            if name.startswith("--") and argument.startswith(name + "="):
                return argument[len(name) + 1:]
    return None


def passes_text_through(case):
    """Whether standard output repeats the cells of a file of the user: CSV is verbatim, by docs/formats.md."""
    return option(case, "--format") in ("csv",) or case.arguments[:1] == ["sweep"]


def escapes(case, out, err):
    wrong = []
    for text, what in ((err, "standard error"), (out, "standard output")):
        if what == "standard output" and passes_text_through(case):
            continue
        found = CONTROL.search(text)
        if found:
            begin = max(0, found.start() - 40)
            wrong.append(("control", f"{what}: {text[begin:found.end() + 10]!r}"))
    return wrong


def errors(case, outcome, err):
    """One error for a failure and none for success, with its place where a file is to blame."""
    wrong = []
    count = len(ERROR_LINE.findall(err))
    checks_many = case.arguments[:2] == ["profiles", "check"]
    if outcome.status == 0 and count:
        wrong.append(("error-at-0", first_line(outcome.err)))
    if outcome.status in (2, 64, 74) and count == 0:
        wrong.append(("no-error", f"status {outcome.status}: {first_line(outcome.err)!r}"))
    if count > 1 and not checks_many:
        wrong.append(("two-errors", err[:300]))
    for line in err.split("\n"):
        if line and not re.match(r"(?:.*?: )?(?:error|warning|note): |see '|known are |wrote |  |\t|did you mean", line):
            wrong.append(("stray-line", repr(line[:200])))
            break
    only_files = case.changed_files and not case.changed_elsewhere
    if outcome.status == 2 and only_files and not has_place(case, err) and not POINT.search(err):
        wrong.append(("no-place", err[:300]))
    return wrong


def has_place(case, err):
    """Whether the error begins with a file of the case: with line and column where the file is text."""
    for path in list(case.files) + ["standard input", "-"]:
        for written in (path, "./" + path):
            if re.search(r"^" + re.escape(written) + r"(?::\d+){0,2}: error: ", err, re.M):
                return True
    return False


def disk(case, outcome):
    """A wrong input or command line changes nothing; what success must leave is there."""
    wrong = []
    if outcome.status in (2, 64):
        for path in sorted(set(outcome.before) | set(outcome.after)):
            before, after = outcome.before.get(path), outcome.after.get(path)
            # The finished rows of a sweep that met a wrong point are kept.
            is_partial = path.endswith(b".partial") and after is not None and after.startswith((before or b"")[:-200])
            if before != after and not is_partial:
                what = "removed" if after is None else "written" if before is None else "changed"
                wrong.append(("disk", f"{what} {path!r}: {first_line(outcome.err)}"))
    if outcome.status == 0:
        for path, expected in case.expected.items():
            found = outcome.after.get(os.fsencode(path))
            if found is not None and found != expected:
                wrong.append(("expected", f"{path} differs from an uninterrupted sweep's"))
    return wrong


def numbers(case, out, outcome):
    """No number that is negative, infinite or not one, in what is printed and in what is written."""
    wrong = []
    if out.startswith("Simulate ") or re.search(r"^Usage:$", out, re.M):
        return []
    form = option(case, "--format")
    given = given_text(case)
    if out.lstrip().startswith("{") and form in ("json", "jsonl"):
        wrong += json_numbers(case, out, form)
    elif form == "csv":
        wrong += csv_numbers(case, out)
    else:
        wrong += table_numbers(case, out, given)
    for path, data in outcome.after.items():
        name = os.fsdecode(path)
        if data == outcome.before.get(path) or name.endswith(".partial"):
            continue
        text = data.decode(errors="replace")
        if name.endswith((".json", ".vl.json")):
            wrong += json_values(text, name, signed=True)
        elif name.endswith((".svg", ".md", ".html", ".csv", ".jsonl")):
            body = text if not name.endswith(".html") else re.sub(r"<script.*?</script>", "", text, flags=re.S)
            found = first_foreign(NOT_FINITE, body, given)
            if found:
                wrong.append(("number", f"{name}: {found}"))
    return wrong


def given_text(case):
    parts = [" ".join(case.arguments)]
    parts += [content.decode(errors="replace") for content in case.files.values() if isinstance(content, bytes)]
    return "\n".join(parts).lower()


def first_foreign(pattern, text, given):
    """The first match outside quotes that the input itself does not hold, with what surrounds it."""
    plain = QUOTED.sub("''", text)
    for match in pattern.finditer(plain):
        if match.group().lower().lstrip("+-") not in given:
            return repr(plain[max(0, match.start() - 40):match.end() + 20])
    return None


def table_numbers(case, out, given):
    wrong = []
    found = first_foreign(NOT_FINITE, out, given)
    if found:
        wrong.append(("number", found))
    is_signed = case.arguments[:1] and case.arguments[0] in SIGNED_TABLES or "--sensitivity" in case.arguments
    if not is_signed:
        found = first_foreign(NEGATIVE, out, given)
        if found:
            wrong.append(("negative", found))
    return wrong


def csv_numbers(case, out):
    wrong = []
    given = set()
    for content in case.files.values():
        if isinstance(content, bytes):
            given |= set(content.split(b"\n")[0].decode(errors="replace").strip("\r").split(","))
    try:
        rows = list(csv.reader(io.StringIO(out, newline="")))
    except csv.Error as error:
        return [("format", f"CSV: {error}")]
    if [] in rows and case.arguments[:2] == ["profiles", "list"]:
        # One table for each sort of profile, apart by a blank line.
        return []
    for row in rows[1:]:
        if len(row) != len(rows[0]):
            return [("format", f"CSV: a row of {len(row)} cells under {len(rows[0])} names")]
        for name, cell in zip(rows[0], row):
            if not NUMBER_COLUMN.search(name) or cell == "" or name in given:
                continue
            problem = number_problem(cell, name)
            if problem:
                wrong.append((problem, f"{name} is {cell}"))
    return wrong[:1]


def number_problem(text, name, signed=False):
    try:
        value = float(text)
    except ValueError:
        return "number"
    if not math.isfinite(value):
        return "number"
    return "negative" if value < 0 and not signed and not SIGNED.search(name) else None


def json_values(text, what, signed=False):
    """Parses, and walks over every number."""
    def no_constant(constant):
        raise ValueError(f"the constant {constant}")

    try:
        root = json.loads(text, parse_float=decimal.Decimal, parse_constant=no_constant)
    except ValueError as error:
        return [("format", f"{what} is no JSON: {error}")]
    wrong = []
    waiting = [(root, "", signed)]
    while waiting and not wrong:
        value, path, is_signed = waiting.pop()
        if isinstance(value, dict):
            waiting += [(item, f"{path}/{key}", is_signed or bool(SIGNED.search(key))) for key, item in value.items()]
        elif isinstance(value, list):
            waiting += [(item, f"{path}/{index}", is_signed) for index, item in enumerate(value)]
        elif isinstance(value, (int, decimal.Decimal)) and not isinstance(value, bool):
            if not math.isfinite(float(value)) if abs(value) < 10**400 else True:
                wrong.append(("number", f"{what}: {path} is {value}"))
            elif value < 0 and not is_signed:
                wrong.append(("negative", f"{what}: {path} is {value}"))
    return wrong


def json_numbers(case, out, form):
    if form == "jsonl":
        for line in out.splitlines():
            wrong = json_values(line, "a row")
            if wrong:
                return wrong
        return []
    wrong = json_values(out, "the result")
    if wrong:
        return wrong
    result = json.loads(out, parse_float=decimal.Decimal)
    if case.arguments[:1] == ["run"]:
        return account(result, "latency_us")
    if case.arguments[:1] == ["trace"]:
        return [finding for part in ("replayed", "target") if result.get(part)
                for finding in account(result[part], "span_us")]
    return []


def account(result, total):
    """The parts of a breakdown sum to the whole, none is negative, and the device is not busy for longer."""
    parts = result["breakdown_us"]
    wrong = []
    if sum(map(decimal.Decimal, parts.values())) != decimal.Decimal(result[total]):
        wrong.append(("sum", f"the parts sum to {sum(parts.values())}, {total} is {result[total]}"))
    if result["device_busy_us"] > result[total]:
        wrong.append(("busy", f"busy {result['device_busy_us']} of {result[total]}"))
    tax = result.get("framework_tax_us")
    if tax is not None and decimal.Decimal(tax) != decimal.Decimal(result[total]) - decimal.Decimal(
            result["device_busy_us"]):
        wrong.append(("tax", f"tax {tax}, busy {result['device_busy_us']} of {result[total]}"))
    return wrong
