"""Writes before.csv and after.csv, two exports of the same people, into a folder.

    generate.py DIR [--rows N] [--columns N] [--changed SHARE] [--order shuffled|sorted] [--style plain|quoted]
                    [--kind entries|pairs]

SHARE of the rows are updated, a quarter of that deleted and a quarter inserted; fifty rows have no key, fifty come
twice (the second time with other values). The same arguments give the same bytes. Pairs have two columns, a group and
a member; SHARE of them come and go.
"""

import argparse
import os
import random

FIRST = "Ana Benoît Chloé David Émilie François Giulia Hans Inès Jürgen Karim Léa Maria Noël Olga Pedro Søren Zoë".split()
LAST = ["Martin", "Müller", "O'Brien", "García", "Rossi", "Nowak", "Lefèvre", "de la Cruz", "van den Berg", "Ng", "Haddad"]
TITLES = ["Engineer", "Manager, Sales", "Analyst", "Director", 'Consultant "Senior"', "Technician"]
NAMES = (
    "employeeId guid firstName lastName displayName mail login title department organization site country phone mobile "
    "manager startDate endDate costCenter contractType comment"
).split()
MASK = (1 << 64) - 1


def mixed(number):
    """SplitMix64: a number that looks random and follows from the given one."""
    number = (number + 0x9E3779B97F4A7C15) & MASK
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & MASK
    return number ^ (number >> 31)


def person(number, version, rows, columns):
    a = mixed(number * 8 + version)
    b = mixed(a)
    first, last = FIRST[a % 18], LAST[(a >> 8) % 11]
    plain = f"{first}.{last}{number}".replace(" ", "").lower()
    values = [
        f"E{number:08d}",
        f"{a >> 32:08x}-{a >> 16 & 0xFFFF:04x}-4{a & 0xFFF:03x}-8{b & 0xFFF:03x}-{b >> 16:012x}"[:36],
        first, last, f"{first} {last}", f"{plain}@contoso.example", f"{first[0]}{last}{number}".replace(" ", "").lower(),
        TITLES[(a >> 16) % 6], f"Dept{a % 400:03d}", f"ORG{b % 5000:05d}", f"SITE{b % 300:03d}",
        ("FR", "DE", "US", "BR", "PL", "IT")[b % 6], f"+33{a % 10**9:09d}", f"+336{b % 10**8:08d}", f"E{b % rows:08d}",
        f"20{5 + a % 21:02d}{1 + b % 12:02d}{1 + a % 27:02d}000000", "", f"CC{a % 20000:05d}", ("CDI", "CDD", "Ext")[a % 3],
        "line one, with comma" if b % 20 == 0 else "",
    ]
    for column in range(20, columns):
        values.append(f"v{mixed(b + column) % 100000}" if column % 3 else "")
    return values[:columns]


def quoted(value):
    return '"' + value.replace('"', '""') + '"' if any(c in value for c in ',"\n') else value


def line_plain(values):
    return ",".join(map(quoted, values)) + "\n"


def line_quoted(values):
    """Every value but the key in quotes and with a line break and a quote in it."""
    return values[0] + "," + ",".join('"' + v.replace('"', '""') + '\n""x"""' for v in values[1:]) + "\n"


def write_entries(folder, options):
    rows, columns = options.rows, options.columns
    line = line_quoted if options.style == "quoted" else line_plain
    names = (NAMES + [f"attribute{n}" for n in range(20, columns)])[:columns]
    chooser = random.Random(42)
    ids = list(range(rows))
    count = int(rows * options.changed)
    updated = set(chooser.sample(range(rows), count))
    deleted = set(chooser.sample(range(rows), count // 4))
    later = [i for i in ids if i not in deleted] + list(range(rows, rows + count // 4))
    if options.order == "shuffled":
        chooser.shuffle(ids)
        chooser.shuffle(later)
    with open(f"{folder}/before.csv", "w", encoding="utf-8", newline="") as file:
        file.write(",".join(names) + "\n")
        file.writelines(line(person(i, 0, rows, columns)) for i in ids)
    with open(f"{folder}/after.csv", "w", encoding="utf-8", newline="") as file:
        file.write(",".join(names) + "\n")
        file.writelines(line(person(i, 1 if i in updated else 0, rows, columns)) for i in later)
        for i in range(50):
            file.write(line([""] + person(rows * 2 + i, 0, rows, columns)[1:]))
        for i in later[:50]:
            file.write(line(person(i, 3, rows, columns)))


def write_pairs(folder, options):
    rows = options.rows
    count = int(rows * options.changed)

    def pair(number):
        a = mixed(number)
        return f"CN=group{a % max(rows // 100, 1):07d},E{number:08d}\n"

    order = list(range(rows))
    later = list(range(count, rows + count))
    chooser = random.Random(42)
    if options.order == "shuffled":
        chooser.shuffle(order)
        chooser.shuffle(later)
    for name, numbers in (("before", order), ("after", later)):
        with open(f"{folder}/{name}.csv", "w", encoding="utf-8", newline="") as file:
            file.write("group,member\n")
            file.writelines(pair(number) for number in numbers)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--changed", type=float, default=0.001)
    parser.add_argument("--order", choices=["shuffled", "sorted"], default="shuffled")
    parser.add_argument("--style", choices=["plain", "quoted"], default="plain")
    parser.add_argument("--kind", choices=["entries", "pairs"], default="entries")
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    (write_pairs if options.kind == "pairs" else write_entries)(options.folder, options)


if __name__ == "__main__":
    main()
