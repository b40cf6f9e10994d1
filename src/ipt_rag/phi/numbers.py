"""Numbers that belong to one person: of records, plans, accounts, papers, vehicles and devices.

Two ways in: a label followed by a value ("MRN: 204417"), and a shape that speaks for itself (an SSN, a card whose
check digit is right, an IBAN, a VIN).
"""

import re

from ipt_rag.phi.codes import CODE, is_code, is_grouped
from ipt_rag.phi.kinds import (
    ACCOUNT,
    DEVICE,
    LICENCE,
    OTHER,
    PLAN,
    RECORD,
    SSN,
    VEHICLE,
)
from ipt_rag.phi.labels import VALUE, coded, labelled, numbered, valued
from ipt_rag.phi.rules import Rule, after, before, digits, rule


def luhn(number: str) -> bool:
    """Return whether the last digit is the Luhn check digit (ISO/IEC 7812-1, annex B).

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def iban(text: str) -> bool:
    """Return whether the text is an IBAN: the remainder by 97 is 1 (ISO 13616)."""
    plain = "".join(text.split()).upper()
    return len(plain) >= 15 and int("".join(str(int(each, 36)) for each in plain[4:] + plain[:4])) % 97 == 1


def _is_card(match: re.Match[str]) -> bool:
    number = digits(match.group())
    return (
        13 <= len(number) <= 19
        and luhn(number)
        and len(set(number)) > 1
        and not re.search(r"\bisbn\b", before(match, 20))
    )


def _is_vin(match: re.Match[str]) -> bool:
    text = match.group()
    return sum(each.isdigit() for each in text) >= 4 and sum(each.isalpha() for each in text) >= 3


# Plates of several countries, in capitals where the shape alone could be two words: "YD19 OWT", "7XKL204", "B-KX 2291".
_PLATE = (
    r"[a-z]{2}\d\d ?[a-z]{3}|\d[a-z]{3}\d{3}|[a-z]{3}\d{3,4}|\d{3}[a-z]{3}|\d[a-z]{2}-?\d[a-z]{2}|"
    r"\d{2,3}-[a-z]{1,2}-\d{1,6}|[a-z]{2}-?\d{3}-?[a-z]{2}|"
    r"(?-i:[A-Z]{3}[ -]\d{3,4}|\d{3,4}[ -][A-Z]{2,3}|[A-Z]{1,3}[ -][A-Z]{1,2} ?\d{1,4}|[A-Z]{2} \d{3} [A-Z]{2}|"
    r"\d{1,3} [A-Z]{1,3} \d{2,5})"
)
_VEHICLE_WORD = re.compile(
    r"\b(?:cars?|vans?|trucks?|vehicles?|bikes?|motor\w{0,8}|scooter|lorry|taxi|cab|bus|jeep|sedan|suv|pickup|"
    r"driv\w{1,3}|drove|plates?|reg\w{0,10}|tag|parked|parks|crash\w{0,4}|collision|hit|transit|"
    r"toyota|ford|honda|civic|bmw|vauxhall|volkswagen|tesla|audi|mercedes|nissan|hyundai|kia|chevy|fiat|renault)\b"
)


def _is_plate(match: re.Match[str]) -> bool:
    return bool(_VEHICLE_WORD.search(before(match, 60)) or _VEHICLE_WORD.search(after(match, 30)))


def _is_ssn(match: re.Match[str]) -> bool:
    return len(digits(match.group())) >= 7


NUMBER_RULES: tuple[Rule, ...] = (
    rule(
        SSN, r"(?<![\w-])[\dlioxX*]{3}-[\dlioxX*]{2}-[\dlio]{4}(?![\w-])", lambda match: len(digits(match.group())) >= 4
    ),
    rule(SSN, r"(?<![\w.-])\d{3}([ .])\d{2}\1\d{4}(?![\w-]|\.\d)", _is_ssn),
    rule(SSN, r"\blast\s(?:four|4)(?:\s(?:digits|numbers))?\b[^.?!\n]{0,40}?(?P<id>\d{4})(?!\w)"),
    rule(
        SSN,
        r"(?<!\w)(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]"
        r"(?!\w)",
        case=True,
    ),
    labelled(
        SSN,
        r"ssns?|ss\s?#|ss\sn(?:o|umber)|social\s(?:security|insurance)|soc\.?\ssec\.?|"
        r"social(?=\W{1,3}(?:is\W{1,2}|number\W{1,3}|#\W{0,2}|no\W{1,3})?\d)|national\sinsurance|nino|"
        r"tax\s?(?:payer)?\sid|itin|aadhaar|aadhar|pan(?:\scard)?\snumber|curp|codice\sfiscale|"
        r"personnummer|nhs\s(?:number|no)|(?:sin|tfn|bsn|cpr|nric|cnic|pps|pesel|cpf|rut|nif|dni|nie)"
        r"(?=\W{1,3}(?:(?:is|number|no|nr)\W{1,3}){0,2}[a-z]?\d[\d .-]{5})",
        least=4,
    ),
    labelled(
        RECORD,
        r"mrns?|(?:case|patient|client|chart)\sfile|mr\s?#|mr(?=\s?:\s?\d)|med\s?rec|urn|uhid|nhi|pid|chi\s(?:number|no)|hosp\.?\s(?:number|num|no|id)|"
        r"(?:patient|pt|client)\s?ids?|medical\s(?:rec|record|chart|file)s?|(?:hospital|clinic|health)\s(?:record|chart|"
        r"number|file|no)s?|emr|ehr|emrn|national\shealth\sid|unit\srecord",
        least=3,
    ),
    numbered(
        RECORD,
        r"charts?|cases?|records?|files?|patients?|pts?|clients?|encounter|visit|admission|episode|"
        r"referral|accession|specimen|sample|lab|folder",
        least=3,
    ),
    coded(
        RECORD, r"charts?|cases?|records?|files?|patient|pt|client|encounter|accession|admission|referral|folder|mrn"
    ),
    labelled(
        PLAN,
        r"(?:member|subscriber|beneficiary|policy|policy\s?holder|insurance|insurer|health\splan|"
        r"group|payer|medicare|medicaid|medi-?cal|enrollee|certificate\sof\scoverage|health)"
        r"\s(?:card\s)?(?:number|num|no|nr|id|#|identification|policy|plan|ref)|hicn|mbi|medicare|"
        r"medicaid|ohip|ehic|subscriber|policy|insurance|insured\sunder|membership",
        least=4,
    ),
    numbered(
        PLAN,
        r"plan|group|ins(?:urance)?|cover(?:age)?|member|claim|authori[sz]ation|prior\sauth|(?:aetna|"
        r"cigna|humana|kaiser|anthem|bupa|axa|blue\s(?:cross|shield)|unitedhealthcare|tricare)",
        least=4,
    ),
    coded(
        PLAN,
        r"plan|insurance|ins|policy|member|subscriber|coverage|claim|medicare|medicaid|aetna|cigna|"
        r"humana|kaiser|anthem|bupa|tricare|group",
    ),
    labelled(
        ACCOUNT,
        r"(?:bank\s|checking\s|savings\s|billing\s|patient\s)?(?:acct|account)s?\s?(?:number|num|no|"
        r"nr|id|#|:)|a/c|iban|routing\s(?:number|no)|sort\scode|swift|bic|(?:credit|debit|bank|visa|"
        r"master|amex)\s?cards?|credit\s?card|cc(?=\W{1,3}\d{8})|invoice\s(?:number|no|#|id)",
        least=4,
    ),
    numbered(ACCOUNT, r"acct|account|invoice|bill|card|receipt|payment|transaction|paypal|order", least=4),
    coded(ACCOUNT, r"acct|accounts?|invoice|cards?|iban|routing|bitcoin|wallet|paypal"),
    labelled(
        LICENCE,
        r"passports?|(?:driv(?:er|ing|ers)'?s?\s)?licen[cs]es?(?!\splate)(?=\W{0,3}(?:number|num|no|"
        r"nr|id|#|:|is|[a-z]{0,4}-?\d))|dea|npi|driver'?s?\slic|dl\s?#|(?:birth|death|marriage|"
        r"nursing|board|teaching|gun)\s(?:certificate|licen[cs]e|permit)|permit|gmc|nmc|hcpc|id\scard|"
        r"identity\scard|visa\s(?:number|no)|residence\spermit|green\scard",
        least=4,
    ),
    numbered(LICENCE, r"certificate|licen[cs]e|passport|registration|permit|visa", least=4),
    coded(LICENCE, r"certificate|licen[cs]e|passport|permit|lic|dl"),
    labelled(VEHICLE, r"vin|vehicle\sid(?:entification)?(?:\snumber)?", least=4),
    rule(
        VEHICLE,
        r"\b(?:(?:licen[cs]e|number|registration|vanity|car|vehicle)\splates?|plates?|"
        r"tags?(?=\s(?:number|no|#|is\s[\w-]{0,12}\d))|(?:vehicle|car|van|truck|motorbike)"
        r"\s(?:registration|reg)|registration\s(?:plate|mark|number)|reg(?:istration|istered|[on])?(?![a-z0-9])"
        r"\.?(?=\W{0,3}(?:no|number|#)?\W{0,3}[a-z0-9]{1,4}[ -]?[a-z0-9]))\W{0,3}(?:(?:number|no|nr|"
        r"is|are|was|reads|of|#|the)\W{1,3}){0,3}(?P<id>(?=[a-z0-9 -]{0,7}\d)"
        r"[a-z0-9]{1,4}(?:[ -]?[a-z0-9]{1,5}){1,3})",
        lambda match: (
            bool(re.search(r"\d", match["id"]))
            and not re.match(r"(?:19|20)\d\d\b|\d{1,2}\b(?![ -]?[A-Za-z]{1,3}[ -]?\d)", match["id"])
        ),
    ),
    rule(VEHICLE, r"\bplates?\s(?:says?|reads?|is|are)\W{1,3}(?P<id>(?-i:[A-Z])(?-i:[A-Z0-9]){3,8})(?!\w)"),
    rule(VEHICLE, rf"(?<![\w-])(?:{_PLATE})(?![\w-])", _is_plate, digit=True),
    rule(VEHICLE, r"(?<!\w)[A-Z]{2}[ -]?\d{1,2}[ -]?[A-Z]{1,3}[ -]?\d{4}(?!\w)", case=True),
    rule(VEHICLE, r"(?<!\w)(?=[A-Z0-9]{0,16}\d)[A-HJ-NPR-Z0-9]{17}(?!\w)", _is_vin, case=True),
    rule(DEVICE, r"(?<![\w:-])[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?![\w:-])"),
    labelled(
        DEVICE,
        r"s/n|sn(?=\W{1,2}[\w-]{0,6}\d{3})|serial(?:\s(?:number|no|nr|#))?|imei|meid|udi|mac\saddress|"
        r"lot\s(?:number|no|#)|(?:device|pump|pacemaker|implant|icd|vns|stimulator|hearing\said|cgm|"
        r"wheelchair|prosthesis|phone|tablet|watch)\s(?:id|identifier|serial|number|no|model|s/n)",
        least=3,
    ),
    coded(DEVICE, r"device|implant|pacemaker|pump|stimulator|serial"),
    labelled(
        OTHER,
        r"inmate|prison(?:er)?\s(?:number|no|id)|booking|a-number|alien\s(?:number|registration)|"
        r"uscis|barcode|wristband|badge|student\s(?:id|number|no)|employee\s(?:id|number|no)|"
        r"staff\s(?:id|number)|service\snumber|(?:study|trial|research)\s(?:participant|subject|id)|"
        r"participant\s(?:id|number|no)|subject\s(?:id|number|no)|ref(?:erence)?\s?(?:#|code|number|"
        r"no|nr|id)|(?:client|patient|pt|case|our|file)\s(?:ref|reference|identifier|barcode|code)|"
        r"tracking\s(?:number|no)|docket|military\sid|dod\sid|rx\s?#|rx\snumber|"
        r"prescription\s(?:number|no)|voter\sid|library\scard|loyalty|case\s?(?:id|worker\sid)|"
        r"confirmation\s(?:number|code)|ticket",
        least=3,
    ),
    numbered(
        OTHER,
        r"ids?|identifier|ref|reference|rx|code\sname|police\sreport|employee|student|court|locker|"
        r"asylum",
        least=4,
    ),
    coded(OTHER, r"subject|participant|kit|docket|ref|reference|id|identified\sas|rx|court|asylum"),
    rule(
        OTHER,
        r"(?<![\w.-])(?P<id>[a-z]{0,4}-?\d[\d-]{4,16})\s(?:is|was|=|as)\s(?:[a-z']{1,10}\s)"
        r"{0,2}(?:mrn|ssn|social|id|number|chart|account|policy|member|phone|cell|mobile|fax|plate|"
        r"passport)\b",
        valued(4),
    ),
    rule(ACCOUNT, r"(?<![\w.-])\d\d-\d\d-\d\d[\s,/]{1,3}\d{7,8}(?![\w-])"),
    rule(ACCOUNT, r"(?<![\w./-])\d(?:[ -]?\d){12,18}(?![\w-]|\.\d)", _is_card),
    rule(
        ACCOUNT,
        r"(?<!\w)[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)",
        lambda match: iban(match.group()),
        case=True,
    ),
    rule(ACCOUNT, r"(?<!\w)(?:[13][a-km-zA-HJ-NP-Z1-9]{25,34}|bc1[a-z0-9]{25,60}|0x[0-9a-fA-F]{40})(?!\w)", case=True),
    rule(
        PLAN,
        r"(?<!\w)[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]"
        r"\d-?[AC-HJKMNP-RT-Y]{2}\d\d(?!\w)",
        case=True,
    ),
)
# Asked only where the rules above found nothing: shapes and bare words that could be any number of one's own.
SHAPE_RULES: tuple[Rule, ...] = (
    rule(
        OTHER,
        rf"(?:(?<![a-z])(?:no|number|num|nr|n[°º]|id|code|ref|pin)(?![a-z])|#)[\s.:=#]{{0,3}}(?:is\s)?{VALUE}",
        valued(4),
        digit=True,
    ),
    rule(
        OTHER,
        r"(?<![\w.,/-])(?P<id>\d{3,4}(?: \d{3,4}){2,5})(?![\w%]|[.,]\d|\s(?:mg|ml|patients|people))",
        is_grouped,
    ),
    rule(
        OTHER, r"(?<![\w.,/-])(?P<id>\d{1,4}(?: \d{1,4}){3,8})(?![\w%]|[.,]\d|\s(?:mg|ml|patients|people))", is_grouped
    ),
    rule(OTHER, CODE, is_code, digit=True),
)
