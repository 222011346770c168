#!/usr/bin/env python3
"""Makes Contoso's HR files: three days of one company, the same bytes each time.

    python3 generate.py            writes sources/day1, sources/day2 and sources/day3 beside this script

All people are invented. Names, titles and texts are drawn from the lists below with a seeded generator, and they
are meant to be awkward: accents, apostrophes, commas, semicolons, quotes, line breaks inside quotes.

day1  about 500 people, 40 organizations (a tree), 30 sites, 25 groups, about 900 memberships. Every reference leads
      somewhere. Everybody but the head of the company has a manager, and nobody manages himself through others.
day2  day1 and 20 changes that a normal week brings: hires, leavers, moves, a marriage, a group renamed, memberships.
      Far below Weir's default thresholds (100 resources and 5 % of them, per kind of change).
day3  day2, but somebody cut people.csv: the file ends in the last value of a row, after about 70 % of its bytes.
      Some 150 people seem to have left, and Weir does not believe it.
"""

import csv
import io
import random
from pathlib import Path

FIRST_NAMES = """Adélaïde Agnieszka Aïcha Åsa Alejandro Amélie Anaïs André Ángel Anneliese Antônio Aurélien Beatriz
Björn Božena Brígida Çağlar Camille Carlos Catarina Chiara Chloé Ciarán Clément Concepción Dagný Daniel David Dorothée
Élodie Emma Eoghan Erik Étienne Eva Fátima Femke François Frédérique Gabriel Georg Giulia Gökhan Gonçalo Grace Grzegorz
Hélène Henrik Hugo Ines Ioana Irène Jakub James Jean-Baptiste Jiří João Jörg José Júlia Jürgen Kacper Karolína Kateřina
Laëtitia Lars Léa Loïc Luca Łukasz Maëlle Magdaléna Marc Mária Marie-Thérèse Maud Mehmet Michał Mikołaj Nadia Niamh Noël
Núria Olga Øystein Paloma Paul Päivi Peter Pía Quentin Ragnhild Raphaël René Rocío Sabine Samuel Şebnem Séverine Siobhán
Sofia Søren Stéphane Tadeusz Théo Thomas Tomás Ursula Valérie Vít Wilhelmina Yasmina Yves Zoë Zuzana""".split()

LAST_NAMES = [name.strip() for name in """Abadía, Ågren, Almeida, Álvarez, Andersen, Arnaud, Bäcker, Benoît,
Bianchi, Błaszczyk, Boisvert, Bönisch, Brânză, Çelik, Černý, Charpentier, Colombo, Coşkun, Dąbrowski, D'Angelo,
De la Fuente, De Vries, Delacroix, Dell'Acqua, Dvořák, Eðvarðsson, Eriksen, Esposito, Faßbender, Fernández, Ferreira,
Fitzgerald, Fontaine, Gagné, García, Gauthier, Gómez, Großmann, Guðmundsdóttir, Günther, Haugen, Hernández, Hoffmann,
Horváth, Ibáñez, Iversen, Jääskeläinen, Janssen, Jiménez, Kaczmarek, Karlsson, Kjær, Köhler, Kovács, Kowalczyk, Krüger,
L'Hermitte, Lefèvre, Lindström, López, Łuczak, MacGregor, Marchand, Martínez, Mäkelä, Meyer, Moreau, Müller, N'Diaye,
Němec, Nielsen, Novák, Núñez, O'Brien, O'Connor, Öberg, Oliveira, Olsson, Ørsted, Östlund, Özdemir, Pâris, Pelletier,
Peña, Petit, Poirier, Popescu, Răducanu, Rasmussen, Régnier, Ribeiro, Rodríguez, Rossi, Rousseau, Sánchez, Schäfer,
Schröder, Sjöberg, Smith, Sørensen, Strauß, Svobodová, Szabó, Thévenet, Tóth, Trần, Ünal, Van den Berg, Vásquez, Vidal,
Villeneuve, Wagner, Weiß, Wójcik, Yılmaz, Zając, Žižka""".replace("\n", " ").split(",")]

TITLES = ["Accountant", "Account Manager, Key Accounts", "Analyst", "Architect; Cloud", "Assistant", "Buyer",
          "Clerk", "Consultant", "Controller", "Coordinator, \"Follow the Sun\"", "Designer", "Driver", "Engineer",
          "Engineer, Quality", "Foreman", "Ingénieur d'études", "Inspector", "Laboratory Technician",
          "Maintenance Technician\n(night shift)", "Nurse", "Operator", "Planner", "Project Manager",
          "Sachbearbeiter für Löhne & Gehälter", "Scientist", "Service Desk Agent", "Software Engineer",
          "Technicien d'atelier", "Trainee", "Warehouse Worker"]

DIVISIONS = [
    ("FIN", "Finance", ["Accounting", "Controlling", "Treasury", "Tax, Customs & Excise", "Payroll"]),
    ("HR", "Human Resources", ["Recruiting", "Learning", "Works Council", "Diversity \"All in\""]),
    ("IT", "Information Technology", ["Service Desk", "Networks", "Identity & Access", "Applications", "Security"]),
    ("OPS", "Operations", ["Plant Lyon", "Plant Łódź", "Plant Göteborg", "Logistics", "Maintenance",
                           "Health, Safety & Environment"]),
    ("RD", "Research & Development", ["Materials", "Prototypes", "Laboratory \"Niels Bohr\"", "Patents"]),
    ("SAL", "Sales", ["France & Benelux", "D-A-CH", "Nordics", "Iberia", "Italy", "After-Sales"]),
    ("LEG", "Legal & Compliance", ["Contracts", "Data Protection", "Internal Audit"]),
]

SITES = [("Grande Arche", "Paris", "FR"), ("Part-Dieu", "Lyon", "FR"), ("Usine d'Écully", "Écully", "FR"),
         ("Vieux-Port", "Marseille", "FR"), ("Euralille", "Lille", "FR"), ("Rheinauhafen, Kranhaus 1", "Köln", "DE"),
         ("Hafencity", "Hamburg", "DE"), ("Werk Süd", "München", "DE"), ("Königstraße", "Stuttgart", "DE"),
         ("Prinzipalmarkt", "Münster", "DE"), ("Zentrum Nord", "Zürich", "CH"), ("Cité du Lac", "Genève", "CH"),
         ("Ringstraße", "Wien", "AT"), ("Fabryka", "Łódź", "PL"), ("Rynek Główny", "Kraków", "PL"),
         ("Nábřeží", "Praha", "CZ"), ("Lindholmen", "Göteborg", "SE"), ("Slussen", "Stockholm", "SE"),
         ("Ørestad", "København", "DK"), ("Aker Brygge", "Oslo", "NO"), ("Kauppatori", "Helsinki", "FI"),
         ("Grafarvogur", "Reykjavík", "IS"), ("Docklands, \"The Mill\"", "Dublin", "IE"), ("Canary Wharf", "London", "GB"),
         ("Zuidas", "Amsterdam", "NL"), ("Quartier Léopold", "Bruxelles", "BE"), ("Porta Nuova", "Milano", "IT"),
         ("Torre Picasso", "Madrid", "ES"), ("22@", "Barcelona", "ES"), ("Parque das Nações", "Lisboa", "PT")]

GROUPS = [("VPN", "Remote access", "May connect from outside."),
          ("SAP-FI", "SAP Finance", "Posting in company codes 1000, 2000 and 3000."),
          ("SAP-HR", "SAP HR", "Personnel data.\nAsk the data protection officer first."),
          ("CRM", "CRM users", "Sales and after-sales."),
          ("CRM-ADM", "CRM administrators", "\"Power users\" of the CRM"),
          ("PLM", "Product lifecycle", "Drawings, bills of material; read and write"),
          ("LIMS", "Laboratory system", "Samples & results"),
          ("BADGE-PAR", "Badge Paris", "Entrance of the Grande Arche"),
          ("BADGE-LYO", "Badge Lyon", "Gates 1, 2 and 4"),
          ("BADGE-LDZ", "Badge Łódź", "Brama główna"),
          ("BADGE-GOT", "Badge Göteborg", "Huvudentré"),
          ("NEWS", "Newsletter", "Everybody who likes to read"),
          ("FIRST-AID", "First aiders", "Name and phone are on the board"),
          ("FIRE", "Fire wardens", "One per floor, at least"),
          ("WORKS", "Works council", "Elected until 2027"),
          ("DEV", "Developers", "Source code, issue tracker"),
          ("DEV-PROD", "Production access", "Break glass.\nEvery use is reviewed."),
          ("DWH", "Data warehouse", "Reports"),
          ("FLEET", "Company cars", "Drivers with a company car"),
          ("TRAVEL", "Travel tool", "Books trips for others, too"),
          ("PROC", "Procurement", "Orders up to 5,000 €"),
          ("PROC-10K", "Procurement, large orders", "Orders from 5,000 € to 10,000 €"),
          ("AUDIT", "Auditors", "Read only"),
          ("TRAINERS", "Trainers", "Teach in the academy \"L'Atelier\""),
          ("ALUMNI", "Trainees' circle", "Meets on the first Friday")]

PEOPLE_HEADER = ["Employee Id", "Last name", "First name", "Mail", "Phone", "Job title", "Organization", "Site",
                 "Manager", "Start date", "End date", "Active"]

ASCII = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ß": "ss", "æ": "ae", "ð": "d", "đ": "d", "ı": "i"})


class Dice:
    """Draws from `random()` alone, whose sequence for a seed is the same in every version of Python."""

    def __init__(self, seed):
        self.generator = random.Random(seed)

    def below(self, limit):
        return int(self.generator.random() * limit)

    def one(self, items):
        return items[self.below(len(items))]

    def chance(self, percent):
        return self.generator.random() * 100 < percent


def plain(text):
    """The letters a to z that a mail address is made of."""
    import unicodedata
    decomposed = unicodedata.normalize("NFKD", text.translate(ASCII))
    return "".join(letter for letter in decomposed.lower() if "a" <= letter <= "z" or letter == "-")


def organizations():
    rows = [["CONTOSO", "Contoso Europe", ""]]
    for code, name, parts in DIVISIONS:
        rows.append([code, name, "CONTOSO"])
        rows += [[f"{code}-{number:02}", part, code] for number, part in enumerate(parts, 1)]
    return rows[:40]


def sites():
    return [[f"S{number:02}", f"{city} – {name}", city, country]
            for number, (name, city, country) in enumerate(SITES, 1)]


def date(dice, first_year, last_year):
    year = first_year + dice.below(last_year - first_year + 1)
    return f"{year}-{1 + dice.below(12):02}-{1 + dice.below(28):02}"


class People:
    """Rows by employee id, and what keeps new ones apart from old ones."""

    def __init__(self, dice):
        self.dice = dice
        self.rows = {}
        self.mails = set()
        self.names = set()

    def add(self, number, organization, site, manager, title=None, start=None):
        dice = self.dice
        while True:
            first, last = dice.one(FIRST_NAMES), dice.one(LAST_NAMES)
            if (first, last) not in self.names:
                break
        self.names.add((first, last))
        mail = f"{plain(first)}.{plain(last)}@contoso.example"
        if mail in self.mails:
            mail = f"{plain(first)}.{plain(last)}{number}@contoso.example"
        self.mails.add(mail)
        phone = f"+{dice.one([33, 49, 41, 48, 46, 353, 351])} {10 + dice.below(90)} {1000000 + dice.below(9000000)}"
        start = start or date(dice, 1998, 2025)
        end = f"2027-{1 + dice.below(12):02}-28" if dice.chance(6) else ""
        identifier = f"E{number:05}"
        self.rows[identifier] = [identifier, last, first, mail, phone, title or dice.one(TITLES), organization, site,
                                 manager, start, end, "true"]
        return identifier


def first_day(dice):
    organization_rows, site_rows = organizations(), sites()
    people = People(dice)
    heads = {}
    for number, (code, name, parent) in enumerate(organization_rows, 1):
        manager = heads.get(parent, "")
        title = "Managing Director" if not parent else "Head of " + name
        heads[code] = people.add(number, code, dice.one(site_rows)[0], manager, title)
    codes = [row[0] for row in organization_rows]
    for number in range(len(codes) + 1, 501):
        code = dice.one(codes[1:])
        people.add(number, code, dice.one(site_rows)[0], heads[code])
    identifiers = list(people.rows)
    memberships = []
    for code, _, _ in GROUPS:
        wanted = {"VPN": 180, "NEWS": 120, "DEV": 60}.get(code, 12 + dice.below(28))
        members = set()
        while len(members) < wanted:
            members.add(dice.one(identifiers))
        memberships += [[code, member] for member in sorted(members)]
    return people, organization_rows, site_rows, [list(group) for group in GROUPS], memberships, heads


def second_day(dice, day):
    """20 changes to what the first day gave, each named."""
    people, organization_rows, site_rows, groups, memberships, heads = day
    rows = people.rows
    others = [identifier for identifier in rows if identifier not in heads.values()]

    def somebody():
        return others.pop(dice.below(len(others)))

    for number in range(501, 506):  # 5 hires
        code = dice.one(list(heads)[1:])
        hired = people.add(number, code, dice.one(site_rows)[0], heads[code], start="2026-03-02")
        memberships.append(["NEWS", hired])
    for _ in range(4):  # 4 leavers, and their memberships with them
        gone = somebody()
        del rows[gone]
        memberships[:] = [pair for pair in memberships if pair[1] != gone]
    for _ in range(4):  # 4 moves to another organization, with its head as manager
        row = rows[somebody()]
        row[6] = dice.one([code for code in heads if code not in (row[6], "CONTOSO")])
        row[8] = heads[row[6]]
    for _ in range(2):  # 2 moves to another site
        row = rows[somebody()]
        row[7] = dice.one([site[0] for site in site_rows if site[0] != row[7]])
    married = rows[somebody()]  # 1 marriage: another name, the same mail
    married[1] = married[1] + "-Lefèvre"
    for _ in range(2):  # 2 promotions
        rows[somebody()][5] = "Senior Expert, \"level 3\""
    notice = rows[somebody()]  # 1 notice given
    notice[10], notice[11] = "2026-03-31", "false"
    for group in groups:  # 1 group renamed
        if group[0] == "ALUMNI":
            group[1] = "Trainees' circle & friends"


def write(folder, name, header, rows, separator=","):
    folder.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    (folder / name).write_bytes(text.getvalue().encode("utf-8"))


def write_day(folder, day):
    people, organization_rows, site_rows, groups, memberships, _ = day
    write(folder, "people.csv", PEOPLE_HEADER, people.rows.values(), separator=";")
    write(folder, "organizations.csv", ["Code", "Name", "Parent"], organization_rows)
    write(folder, "sites.csv", ["Code", "Name", "City", "Country"], site_rows)
    write(folder, "groups.csv", ["Code", "Name", "Description"], groups)
    write(folder, "memberships.csv", ["Group", "Member"], memberships)


def cut(file):
    """Ends the file within the last value of the row at 70 % of its bytes: `true` becomes `tr`."""
    content = file.read_bytes()
    end = content.index(b";true\n", len(content) * 7 // 10) + len(b";tr")
    file.write_bytes(content[:end])


def main():
    sources = Path(__file__).resolve().parent / "sources"
    dice = Dice(20190401)
    day = first_day(dice)
    write_day(sources / "day1", day)
    second_day(dice, day)
    write_day(sources / "day2", day)
    write_day(sources / "day3", day)
    cut(sources / "day3" / "people.csv")


if __name__ == "__main__":
    main()
