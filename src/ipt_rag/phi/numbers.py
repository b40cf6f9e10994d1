"""Numbers that belong to one person: of records, plans, accounts, papers, vehicles and devices.

Two ways in: a label followed by a value ("MRN: 204417"), and a shape that speaks for itself (an SSN, a card whose
check digit is right, an IBAN, a VIN).
"""

import re

from ipt_rag.phi.kinds import (
    ACCOUNT,
    BIOMETRIC,
    DEVICE,
    LICENCE,
    OTHER,
    PHOTO,
    PLAN,
    RECORD,
    SSN,
    VEHICLE,
    Kind,
)
from ipt_rag.phi.rules import Check, Rule, before, digits, rule

# Between a label and its value: "number", "#", "is", ":" and their like.
_GLUE_WORDS = (
    r"numbers?|num|no|nr|nos|id|ids|identifier|code|is|are|was|of|with|ending|ends|in|as|stored|"
    r"filed|reads|on\sfile|on|the|under|card|ref|template|record|file|scan|profile|sample|image|"
    r"tag"
)
_GLUE = rf"[\s\"'=:#.,(*/-]{{0,4}}(?:(?:{_GLUE_WORDS})(?![a-z])[\s\"'=:#.,(*/-]{{1,4}}){{0,4}}"
_NUMBER_WORD = r"[\s\"'(.-]{0,3}(?:numbers?|num|no|nr|id|ids|identifier|code|ending|details|#|:)(?![a-z])"
# A value holds a digit in its first group or the next ("MH 12 DE 1433"); later groups must hold digits.
_VALUE = (
    r"(?P<id>#?(?=[a-z/._-]{0,8} ?[a-z/._-]{0,4}\d)[a-z0-9][a-z0-9/._-]{1,28}(?:[ -]{1,2}[a-z]"
    r"{0,3}\d[a-z0-9-]{0,10}|[ ][A-Z]{1,3}(?=[ ]\d)){0,5})"
)
# Registered trials, articles and codes: never a person's number.
_PUBLIC_ID = re.compile(
    r"\W{0,3}(?:nct\s?\d{8}|isrctn\s?\d+|pmc?\s?\d+|pmid\W{0,2}\d+|actrn\d+|eudract\W{0,2}[\d-]+|"
    r"drks\d+|umin\d+|chictr[\w-]+|10\.\d{4,9}/\S+|"
    r"\d{4}\.\d{4,5}|(?:icd|dsm|phq|gad|bdi|ham|hrsd|epds|cpt|h?cpcs|loinc|snomed)[\w.-]*|(?:19|"
    r"20)\d\d(?:[-/](?:19|20)?\d\d)?|\d{1,3}(?:\.\d+)?(?:mg|mcg|ml|g|kg|mmol|%|weeks?|wks?|"
    r"sessions?|years?|yrs?|y|months?|x)?|"
    r"[a-z]\d{2}(?:\.\d{1,2})?|90[78]\d\d|\d{1,2}-\d{1,2})$",
    re.IGNORECASE,
)
_LITERATURE = re.compile(
    r"\b(?:trial|study|registr\w*|protocol|prospero|ethics|irb|pmid|doi|isbn|issn|grant|award|"
    r"isrctn|nct|arxiv)\b[^.?!]{0,20}$"
)


def _valued(least: int) -> Check:
    """Return a check that a labelled value has `least` digits and is no trial, article, code, year or quantity."""

    def check(match: re.Match[str]) -> bool:
        value = match["id"].strip(" .-/")
        return len(digits(value)) >= least and not _PUBLIC_ID.match(value) and not _LITERATURE.search(before(match, 40))

    return check


def labelled(kind: Kind, labels: str, *, least: int = 3) -> Rule:
    """Return a rule for labels that can only be followed by a person's number."""
    return rule(kind, rf"(?<![a-z0-9])(?:{labels})(?![a-z]){_GLUE}{_VALUE}", _valued(least), digit=True)


def numbered(kind: Kind, labels: str, *, least: int = 3) -> Rule:
    """Return a rule for everyday words ("case", "plan") that must be followed by "number", "no.", "#" or ":"."""
    return rule(kind, rf"(?<![a-z0-9])(?:{labels}){_NUMBER_WORD}{_GLUE}{_VALUE}", _valued(least), digit=True)


def coded(kind: Kind, labels: str) -> Rule:
    """Return a rule for everyday words followed by what is plainly a code: six digits, or letters and four digits."""
    value = r"(?P<id>#?(?:\d[\d-]{5,20}|\d{3,10}[/-][a-z]{1,4}|[a-z]{1,6}[/-]?\d[a-z0-9/-]{3,20}))(?![\w.]\d)"
    return rule(kind, rf"(?<![a-z0-9])(?:{labels})(?![a-z]){_GLUE}{value}", _valued(4), digit=True)


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


def _is_ssn(match: re.Match[str]) -> bool:
    return len(digits(match.group())) >= 7


def _is_long(match: re.Match[str]) -> bool:
    """Nine digits or more, on their own: no quantity in our field is written so."""
    return (
        not re.search(
            r"(?:isbn|issn|pmid|pmc|doi|nct|isrctn|arxiv|orcid|umin|actrn|crd|prospero|n\s?=|"
            r"10\.\d{4,9}/\S{0,40})[\s:#.-]{0,4}$",
            before(match, 60),
        )
        and len(set(match.group().strip("0"))) > 1
    )


# Prefixes of codes that are no person's: instruments, classifications, registers, standards, research compounds.
_OPEN_PREFIXES = set(
    "PHQ GAD DSM ICD IPT CBT HAM HRSD BDI MADRS EPDS NCT ISRCTN PMC PMID DOI ISBN ISSN COVID "
    "SARS ISO EN IEC RFC CVE CRD UMIN "
    "ACTRN DRKS TCTR CTRI NTR JPRN LBCTR PACTR RBR KCT CPT ICF WHO EU NICE NG CG TA QS LY GSK SB "
    "MK PF BMS AZD RO SSR JNJ TAK BI "
    "AMG ABT CP GR MDL WAY DOV NS SEP CX MIN ACP ALKS AXS SAGE BAN ORG EMD SR TC FE US UK FDA "
    "EMA HHS CFR USC PUB NIH R01 U01 "
    "GDS CES PCL CAPS SCID MINI MMSE MOCA HADS DASS IIP OQ CORE WSAS QIDS YMRS CGAS GAF SF EQ VO "
    "IL TNF CA CD HLA UN HR SMD OR CI RR".split()
)


def _is_open_code(match: re.Match[str]) -> bool:
    return match["prefix"].upper() not in _OPEN_PREFIXES and not _LITERATURE.search(before(match, 40))


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
        r"mrns?|mr\s?#|mr(?=\s?:\s?\d)|urn|uhid|nhi|pid|chi\s(?:number|no)|hosp\.?\s(?:number|num|no|id)|"
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
        r"medicaid|ohip|ehic|subscriber|policy|insurance|insured\sunder",
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
        r"nr|id|#|:)|iban|routing\s(?:number|no)|sort\scode|swift|bic|(?:credit|debit|bank|visa|"
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
        r"tags?(?=\s(?:number|no|#|is\s[\w-]*\d))|(?:vehicle|car|van|truck|motorbike)"
        r"\s(?:registration|reg)|registration\s(?:plate|mark|number)|reg(?:istration)?(?![a-z0-9])"
        r"\.?(?=\W{0,3}(?:no|number|#)?\W{0,3}[a-z0-9]{1,4}[ -]?[a-z0-9]))\W{0,3}(?:(?:number|no|nr|"
        r"is|are|was|reads|of|#|the)\W{1,3}){0,3}(?P<id>(?=[a-z0-9 -]{0,7}\d)"
        r"[a-z0-9]{1,4}(?:[ -]?[a-z0-9]{1,5}){1,3})",
        lambda match: (
            bool(re.search(r"\d", match["id"]))
            and not re.match(r"(?:19|20)\d\d\b|\d{1,2}\b(?![ -]?[A-Za-z]{1,3}[ -]?\d)", match["id"])
        ),
    ),
    rule(
        VEHICLE,
        r"\b(?:car|van|truck|vehicle|motorbike|driv\w{1,3}|plate|parked|toyota|ford|honda|bmw|"
        r"vauxhall|volkswagen|tesla)\b[^.?!\n]{0,40}?(?P<id>(?<!\w)(?-i:[A-Z]{2}\d{2} ?[A-Z]{3}|"
        r"\d[A-Z]{3}\d{3}|[A-Z]{3}[ -]?\d{3,4}|\d{1,3}[ -][A-Z]{1,3}[ -]\d{2,5}))(?!\w)",
    ),
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
        BIOMETRIC,
        r"finger\s?prints?|voice\s?prints?|thumb\s?prints?|palm\s?(?:prints?|vein)|retinal?(?:\sscan)"
        r"?|iris(?:\sscan)?|face\s?id|facial\s(?:template|recognition|scan|geometry)|biometrics?|"
        r"dna\s(?:profile|sample|sequence)|gait\ssignature|(?:voice|face|hand|facial|eye)"
        r"\s?(?:template|geometry|signature|scan|sample|map)",
        least=3,
    ),
    rule(
        BIOMETRIC,
        r"\b(?:finger\s?print|voice\s?print|thumb\s?print|retinal?|iris|biometric|facial|dna|palm|"
        r"voice)\b[^.?!\n]{0,60}?(?P<id>(?=[a-z_-]{0,12}\d)[\w-]{5,40}|[\w-]{1,60}\.(?:bmp|wsq|png|"
        r"jpe?g|wav|mp3|m4a|tiff?|iso|ans|dat))\b",
        lambda match: bool(re.search(r"\d{3}|\.", match["id"])),
    ),
    rule(BIOMETRIC, r"\bBIO-[A-Z]{1,4}-\w{4,30}", case=True),
    rule(
        BIOMETRIC,
        r"\b(?:attach(?:ed|ing)?|enclos(?:e|ing)|here\s(?:is|are)|upload(?:ed|ing)?|enclosed|sending|sent)"
        r"\b[^.?!\n]{0,30}\b(?P<id>(?:finger\s?prints?|voice\s?prints?|thumb\s?prints?|"
        r"retinal?\sscans?|iris\sscans?|voice\srecordings?|dna\s(?:profile|sample)))\b",
    ),
    rule(
        PHOTO,
        r"\b(?:photo(?:graph)?s?|pic(?:ture|s|tures)?|selfies?|headshots?|mug\s?shots?|images?|"
        r"portraits?|snapshots?)\b[^.?!\n]{0,40}?(?P<id>[\w-]{1,60}\.(?:jpe?g|png|heic|gif|bmp|tiff?|"
        r"webp))\b",
    ),
    rule(
        PHOTO,
        r"\b(?P<id>(?:IMG|DSC[NF]?|PXL|DCIM|WhatsApp Image|Screenshot|selfie|photo|portrait|headshot)"
        r"[ _-]?\d{2,8}[\w -]{0,20}(?:\.(?:jpe?g|png|heic))?)(?!\w)",
    ),
    rule(PHOTO, r"\b(?P<id>[\w-]{1,60}\.(?:jpe?g|heic|png))\b"),
    rule(
        PHOTO,
        r"\b(?:attach(?:ed|ing)?|enclos(?:e|ing)|here(?:'s|\sis|\sare)|upload(?:ed|ing)?|enclosed|sending(?:\syou)?|"
        r"sent(?:\syou)?|see|look\sat)\b[^.?!\n]{0,25}?\b(?P<id>(?:photo(?:graph)?s?|pic(?:ture|s|"
        r"tures)?|selfies?|headshots?|mug\s?shots?|portraits?)\s(?:of|showing|from)\s(?:(?:my|the|her|"
        r"his|our|this|a)\s?[\w']{1,20}|him|her|them|me)\b)",
    ),
    rule(
        PHOTO,
        r"\b(?:this|these|attached|enclosed|following)\s(?:full\s?face\s)?(?P<id>(?:photo(?:graph)?s?|"
        r"pic(?:ture|s|tures)?|selfies?|headshots?|portraits?|images?)\sof\s(?:my|the|a|our|her|his)"
        r"?\s?(?:client|patient|pt|her|him|face|wife|husband|son|daughter|child))",
    ),
    rule(
        PHOTO,
        r"\b(?P<id>(?:photo(?:graph)?s?|pic(?:ture|s|tures)?|selfies?|headshots?|portraits?|"
        r"mug\s?shots?))\b[^.?!\n]{0,30}\b(?:attached|enclosed|uploaded|below)\b",
    ),
    rule(
        PHOTO,
        r"\bupload(?:ed|ing)?\s(?:a|the|my|her|his)\s(?P<id>(?:video(?:\sstill)?|still|recording)"
        r"\sof\s(?:my|the|her|his)\s\w{2,20})",
    ),
    rule(
        PHOTO,
        r"\b(?:attach(?:ed|ing)?|here(?:'s|\sis|\sare)|upload(?:ed|ing)?|enclos(?:e|ed|ing)|sending)\b[^.?!\n]{0,12}?"
        r"\b(?:her|his|their|patient's|client's|pt's)\s(?:[a-z]{2,12}\s){0,2}"
        r"(?P<id>photo(?:graph)?s?|pic(?:ture|s|tures)?|selfies?|headshots?|mug\s?shots?|portraits?)\b",
    ),
    rule(PHOTO, r"\bdata:image/[a-z]{2,5};base64,[\w+/=]{8,200}"),
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
    coded(OTHER, r"ref|reference|id|identified\sas|rx|court|asylum"),
    rule(
        OTHER,
        r"(?<![\w.-])(?P<id>[a-z]{0,4}-?\d[\d-]{4,16})\s(?:is|was|=|as)\s(?:[a-z']{1,10}\s)"
        r"{0,2}(?:mrn|ssn|social|id|number|chart|account|policy|member|phone|cell|mobile|fax|plate|"
        r"passport)\b",
        _valued(4),
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
    rule(
        OTHER, r"(?<![\w./-])(?P<id>(?P<prefix>[A-Z]{2,5})-(?:[A-Z]{2,5}-)?\d{5,12})(?![\w-])", _is_open_code, case=True
    ),
    rule(OTHER, r"(?<![\w.,/-])(?P<id>\d{9,20})(?![\w%]|[.,]\d)", _is_long),
)
