"""Where a person lives, closer than a country or a state: streets, flats, postal codes, boxes, coordinates."""

import re

from ipt_rag.phi.kinds import ADDRESS, POSTCODE
from ipt_rag.phi.rules import Rule, before, rule

_STREET = (
    r"street|str|st|avenue|ave|av|road|rd|lane|ln|boulevard|blvd|terrace|crescent|cres|circle|cir|"
    r"highway|hwy|parkway|pkwy|trail|"
    r"turnpike|esplanade|alley|mews|grove|gdns|terr|cct|chowk|marg|expressway|freeway|causeway"
)
# Also everyday words: they count with a capital, or where somebody lives.
_STREET_WORD = (
    r"drive|dr|close|court|ct|place|pl|way|row|park|square|sq|hill|walk|view|gardens?|rise|green|"
    r"gate|loop|pike|path|run|bend|ridge|point|heights|quay|yard|drove|wynd|vale|parade"
)
_LIVES = re.compile(
    r"\b(?:liv(?:es?|ed|ing)|resid(?:es?|ed|ing)|moved|moving|address|addr|home|house|flat|"
    r"apartment|apt|stays?|staying|located|at|based|"
    r"unit|suite|visit|mail|send|sent|deliver|housed|lodging|shelter)\b[^.?!]{0,24}$"
)
_STATES = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ "
    "NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR AA AE AP"
).replace(" ", "|")
_UK_AREA = (
    "AB|AL|B|BA|BB|BD|BH|BL|BN|BR|BS|BT|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|"
    "E|EC|EH|EN|EX|FK|FY|G|GL|GU|GY|HA|HD|HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|KW|KY|L|LA|LD|"
    "LE|LL|LN|LS|LU|M|ME|MK|ML|N|NE|NG|NN|NP|NR|NW|OL|OX|PA|PE|PH|PL|PO|PR|RG|RH|RM|S|SA|SE|SG|"
    "SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|W|WA|WC|WD|WF|WN|WR|WS|WV|YO|ZE"
)
_UNIT = r"(?:apt|apartment|unit|suite|ste|flat|room|rm|bed|ward|lot|floor|fl)"

# Street words that stand behind a name without a number.
_SHORT = "rd|ave|blvd|ln|st|street|avenue|gdns|cres|terrace|lane|boulevard|crescent"
_BUILDING = (
    "house|court|building|tower|towers|hall|lodge|manor|mansions?|heights|apartments|residences?|block|point|villas?"
)
_PART = (
    r"(?:plot|house|door|sector|lane|street|road|floor|flat|apt|unit|building|tower|bldg|room|rm|bed|ward|lot|barrack|"
    r"tent|trailer|space|cell|no|number)\.?\s?(?:no\.?\s|number\s|#\s?)?#?\d{1,4}(?:/[a-z0-9]{1,4}|[a-z])?"
)
# Street words that other languages put before the name.
_ABROAD = (
    r"calle|c/|avenida|avda\.?|carrera|cra\.|paseo|rua|travessa|praça|(?-i:Via|Viale|Corso|Piazza)|via(?=\s\w{4,20}\s\d)|"
    r"boulevard|bd\.|all[ée]e|chemin|impasse|jalan|jl\.|ul\.|ulica|ulitsa|prospekt|rue"
)


def _lives(match: re.Match[str]) -> bool:
    return bool(_LIVES.search(before(match, 40)))


def _not_counted(match: re.Match[str]) -> bool:
    """Tell an address from "9 sessions a week on the street": no counted things stand between number and street."""
    return not re.search(
        r"\b(?:sessions?|weeks?|months?|years?|days?|patients?|people|women|men|adults|trials?|"
        r"studies|in|on|of|the|and|or|to|for|per|with|a|is|at|by|from|are|was|mg|participants|"
        r"children|items?|hours?|hrs?|min(?:ute)?s?|miles?|km|blocks?|doors?|floors?|kids?|cats?|dogs?|other|more|sisters?|brothers?|friends?|flatmates?|roommates?|points?|percent|times|our|my|her|his|their|your|this)\b",
        match["words"].lower(),
    )


def _place_name(match: re.Match[str]) -> bool:
    """A street type that is also an everyday word needs a capital, or a person living there."""
    return _not_counted(match) and (match["type"][0].isupper() or _lives(match))


POSTCODE_CUE = r"(?:zip|postal|post)\s?-?\s?(?:codes?)?|postcodes?|plz|cap|pin\s?code"
PLACE_RULES: tuple[Rule, ...] = (
    rule(
        ADDRESS,
        rf"(?<![\w.,/%-])(?:\d{{1,5}}[a-z]?(?:[-/]\d{{1,5}})?(?:\s?1/2)?|[a-z]\d{{1,4}})"
        rf"\s{{1,3}}(?P<words>(?:(?:north|south|east|west|[nsew]{{1,2}}|no)\.?\s)"
        rf"?(?:[a-z0-9'.-]{{1,20}}\s{{1,2}}){{1,3}}?)(?P<type>{_STREET})\b\.?",
        _not_counted,
    ),
    rule(
        ADDRESS,
        rf"(?<![\w.,/%-])\d{{1,5}}[a-z]?\s{{1,3}}(?P<words>(?:[a-z'.-]{{2,20}}\s{{1,2}}){{1,2}}?)"
        rf"(?P<type>{_STREET_WORD})\b",
        _place_name,
    ),
    rule(
        ADDRESS,
        r"\b(?:liv(?:es?|ed|ing)|resid(?:es?|ed|ing)|moved|address|home|house|stays?|staying)"
        r"\b[^.?!\n]{0,24}?\b(?P<id>(?-i:[A-Z])[\w'-]{2,20}\s(?:street|st|avenue|ave|road|rd|lane|"
        r"boulevard|blvd|terrace|crescent|drive|close|court|square|grove|mews))\b",
    ),
    rule(
        ADDRESS,
        r"\b(?:liv(?:es?|ed|ing)|resid(?:es?|ed|ing)|moved|address|home|house|stays?|staying)"
        r"\s(?:\w{1,8}\s){0,2}?(?:on|at|in|to|near)\s(?P<id>[a-z'-]{3,20}\s(?:street|avenue|ave|road|"
        r"rd|lane|boulevard|blvd|terrace|crescent|mews))\b",
    ),
    rule(
        ADDRESS,
        r"\b(?:liv(?:es?|ed|ing)|resid(?:es?|ed|ing)|address|home|house|stays?|staying)\s(?:is\s|"
        r"are\s)?(?:at|on|:)\s?(?P<id>\d{1,5}\s(?:(?:[nsew]|[ns][ew]|north|south|east|west)\s)"
        r"?(?-i:[A-Z])[a-z'-]{2,20})",
    ),
    rule(
        ADDRESS,
        r"\b(?:liv(?:es?|ed|ing)|stay(?:s|ed|ing)?|resid(?:es?|ed|ing)|housed|placed|moved)\s(?:in|at|"
        r"to|into)\s(?:the\s|a\s)?(?P<id>(?-i:[A-Z])[\w'-]{2,20}\s(?:(?-i:[A-Z])[\w'-]{2,20}\s)"
        r"?(?:motel|hotel|hostel|shelter|inn|lodge|house|court|tower|towers|apartments|estate|dorm|"
        r"hall))\b",
    ),
    rule(
        ADDRESS,
        r"(?<![\w.])\d{1,5}\s?(?:bis|ter)?,?\s{1,2}(?:rue|via|viale|calle|avenida|avda|av|ul|ulica|"
        r"strada|rua|piazza|plaza|paseo|camino|carrera|jalan|jl|chemin|impasse|place|boulevard|bd|"
        r"allée|allee|quai)\.?\s{1,2}[^\W\d][\w'.-]{1,30}",
    ),
    rule(
        ADDRESS,
        r"\b(?:rue|via|viale|calle|avenida|avda|ul|ulica|strada|rua|piazza|plaza|paseo|jalan|jl)"
        r"\.?\s{1,2}(?:[^\W\d][\w'.-]{1,30}\s{1,2}){1,4}?(?:n[o°º.]\s?)?\d{1,5}\b(?!\s(?:mg|sessions|"
        r"weeks|patients))",
        lambda match: match.group()[0].isupper() or _lives(match),
    ),
    rule(
        ADDRESS,
        r"\b(?-i:[A-ZÄÖÜÅØ])[^\W\d_-]{2,24}(?:straße|strasse|str\.|gasse|weg|platz|allee|damm|ufer|"
        r"vej|vägen|gatan|gade|straat|laan|plein|katu|tie|utca)\s{1,2}\d{1,4}\s?[a-z]?\b",
    ),
    rule(ADDRESS, r"\bp\.?\s?o\.?\s{0,2}box\s{1,2}\d{1,6}\b|\bpost(?:fach|bus)?\sbox\s\d{1,6}"),
    rule(ADDRESS, r"\b(?:psc|unit|cmr)\s{1,2}\d{1,5},?\s{1,2}box\s{1,2}\d{1,5}\b"),
    rule(
        ADDRESS,
        rf"\b{_UNIT}\.?\s?(?:#|no\.?)?\s?\d{{1,4}}[a-z]?\b,?\s{{1,2}}(?:\d|(?-i:[A-Z])"
        rf"[\w'-]{{2,20}}\s(?:wing|house|ward|building|tower|lodge|court|hall|manor|nursing|care|home|"
        rf"hospital|block))",
    ),
    rule(
        ADDRESS,
        r"\b(?:apt|apartment)\.?\s?#?\s?(?:\d{1,4}[a-z]?|[a-z]\d{1,3})\b|\bflat\s(?:no\.?\s)"
        r"?\d{1,3}[a-z]?(?=\s?,|\s(?:at|in|on)\b)",
    ),
    rule(
        ADDRESS,
        r"\b(?:ward|room|rm|bed|cell)\s?(?:#|no\.?)?\s?\d{1,4}[a-z]?\s?(?:,|of|at|in|on)"
        r"\s{1,2}(?:the\s)?(?-i:[A-Z])[\w'.-]{2,20}",
    ),
    rule(  # "on kettlewell rd", not "on the road"
        ADDRESS,
        rf"\b(?:on|at|off|near|along|from)\s(?P<id>(?:[nsew]\.?\s|old\s|new\s)?(?P<words>[a-z][a-z'-]{{3,20}}\s)(?:{_SHORT}))\b",
        _not_counted,
    ),
    rule(  # "flat 9 brunswick house", "dorm room 412 Whitfield Hall"
        ADDRESS,
        rf"\b{_UNIT}\.?\s(?:no\.?\s)?\d{{1,4}}[a-z]?,?\s(?P<words>[a-z][a-z'-]{{2,20}}\s(?:[a-z'-]{{2,20}}\s)?)(?:{_BUILDING})\b",
        _not_counted,
    ),
    rule(  # "willow bank care home room 31"
        ADDRESS,
        r"\b[a-z][a-z'-]{3,20}\s(?:(?:care|nursing|group|retirement)\shome|home|hostel|shelter|lodge|manor|house|hall|hotel|motel),?"
        r"\s(?:room|rm|unit|bed|ward|wing|flat|apt)\s?\d{1,4}[a-z]?\b",
    ),
    rule(  # "lives at 22 bellavista", not "lives 20 minutes away"
        ADDRESS,
        r"\b(?:(?:liv(?:es?|ed|ing)|resid(?:es?|ed|ing))\s(?:at\s|on\s)?|(?:address|addr|home)(?:\sis|\sat|:)\s)(?:no\.?\s|number\s)?"
        r"(?P<id>\d{1,5}[a-z]?,?\s(?P<words>[a-z][a-z'-]{2,20}(?:\s[a-z'-]{2,20})?))",
        _not_counted,
    ),
    rule(ADDRESS, r"\b(?:village|hamlet|township|barrio|favela)\s(?:of|called)\s(?P<id>[a-z][\w'-]{2,20})"),
    rule(
        ADDRESS,
        r"\b(?:ward|room|rm|unit|cell|block)\s#?\d{1,4}[a-z]?\b[^.?!\n]{0,40}?\b(?:bed|bay|cell|bunk)\s#?\d{1,3}\b",
    ),
    # Two parts of an address in a row: "plot 44 sector 7", "No. 18, Lane 5", "house no 12, street 4".
    rule(ADDRESS, rf"\b{_PART}[\s,]{{1,3}}{_PART}(?!\w)"),
    rule(ADDRESS, r"\b\d{2,5}\sblock\sof\s[a-z]"),
    rule(
        ADDRESS,
        r"\b(?:liv\w{1,3}|camps?|camping|sleeps?|sleeping|stay\w{0,3}|parks?|parked|rents?|home|trailer|tent)\b[^.?!\n]{0,40}?\b"
        r"(?P<id>(?:exit|junction|mile|mile\smarker|county\sroad|rural\sroute|route|highway|hwy|cr|rr)\s#?\d{1,4}[a-z]?)\b",
    ),
    rule(
        ADDRESS,
        rf"(?<![a-z])(?:{_ABROAD})\s(?:[\w'.-]{{1,20}}\s){{0,4}}?(?:[\w'.-]{{1,20}},?\s)(?:n[°º.o]{{1,2}}\s?|#\s?)?\d{{1,4}}(?!\w|[.,%]\d)",
    ),
    rule(ADDRESS, rf"(?<![\w.,/-])\d{{1,4}}\s?(?:bis|ter|[a-d])?,?\s(?:{_ABROAD}|rue)\s[a-z'-]{{2,20}}"),
    rule(ADDRESS, r"(?<!\w)\d{1,4}(?:-\d{1,4})?,?\s[a-z]{2,20}-(?:daero|ro|gil|dong|gu|ga|chome|machi|cho)\b"),
    rule(
        ADDRESS,
        r"\b(?:tiny|small|little|remote)\s(?:town|village|hamlet|island)\s(?:of|called|named)\s(?P<id>[a-z][\w'-]{2,20})",
    ),
    rule(
        ADDRESS,
        r"\b(?P<id>(?-i:[A-Z])[\w'-]{2,20}(?:\s(?-i:[A-Z])[\w'-]{2,20})?),?\s\(?(?:pop\.?|population)\s(?:of\s)?\d{1,2}[,.]?\d{1,3}\b",
    ),
    rule(ADDRESS, r"\bcorner\sof\s[\w'. ]{2,30}?\sand\s[\w'.]{2,20}"),
    rule(
        ADDRESS,
        r"\b(?P<id>(?-i:[A-Z])[\w'-]{2,20}\s(?:(?-i:[A-Z])[\w'-]{2,20}\s)?(?:trailer\spark|"
        r"housing\sestate|mobile\shome\spark|nursing\shome|care\shome|retirement\s(?:home|village|"
        r"community)|assisted\sliving|group\shome|halfway\shouse|rehab\scent(?:er|re)))\b",
        lambda match: (
            not re.match(r"(?:The|Our|Her|His|My|Any|In|For|A|Does|Is|Can|Are|Do|Should|Local|Private)\s", match["id"])
        ),
    ),
    rule(
        ADDRESS,
        r"-?\d{1,3}\.\d{3,8}\s?°?\s?[ns]?\s?,\s{0,2}-?\d{1,3}\.\d{3,8}\s?°?\s?[ew]?(?!\w)",
        lambda match: (
            "°" in match.group()
            or bool(re.search(r"\b(?:gps|coordinates?|located|location|lat|lives|at|home)\W", before(match, 24) + " "))
        ),
    ),
    rule(ADDRESS, r"\bwhat3words\b|///[a-z]{3,20}\.[a-z]{3,20}\.[a-z]{3,20}"),
    rule(
        POSTCODE,
        rf"\b(?:{POSTCODE_CUE})(?![a-z])\W{{0,4}}(?:(?:is|was|of|code|area|no|number)\W{{1,3}})"
        rf"{{0,2}}(?P<id>\d{{5}}(?:-\d{{4}})?|\d{{4}}\s?[a-z]{{0,2}}|\d{{6}}|[a-z]\d[a-z]\s?\d[a-z]\d|"
        rf"[a-z]{{1,2}}\d[a-z\d]?\s?\d[a-z]{{2}}|\d{{3}}(?=\d|\s|$|\W))\b",
    ),
    rule(POSTCODE, r"(?<![\w.-])(?P<id>\d{5}(?:-\d{4})?)\s(?:zip|post(?:al)?\s?code)\b"),
    rule(
        POSTCODE,
        rf"(?-i:\b(?:{_STATES}))\.?,?\s{{1,2}}(?P<id>\d{{5}}(?:-\d{{4}})?)(?![\d.,%-]\d|\w|"
        rf"\s(?:patients|participants|people|women|men|adults|cases))",
    ),
    rule(POSTCODE, r"\b(?:nsw|vic|qld|tas|act|sa|wa|nt),?\s(?P<id>\d{4})(?![\w.,%-])"),
    rule(  # in lower case, less the states that are also words: "in 10000 adults"
        POSTCODE,
        rf"(?<=[a-z]),?\s{{1,2}}(?!(?:in|or|me|hi|ok|oh|de|id|la|ma|pa|al|as|co|mo|ms|md|pr)\b)"
        rf"(?:{_STATES})\s{{1,2}}(?P<id>\d{{5}}(?:-\d{{4}})?)(?![\d.,%-]\d|\w|\s(?:patients|participants|people|women|men|adults|cases))",
    ),
    rule(
        POSTCODE,
        rf"(?<![\w.-])(?P<id>(?-i:(?:{_UK_AREA})\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{{2}}))(?![\w-])",
        lambda match: bool(re.search(r"\s", match["id"])) or _lives(match),
    ),
    rule(
        POSTCODE,
        r"(?<![\w.-])(?P<id>(?-i:[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z]\s?\d[ABCEGHJ-NPRSTV-Z]\d))"
        r"(?![\w-])",
    ),
    rule(
        POSTCODE,
        rf"\b(?:live[sd]?|living|resides?|address|moved)\b[^.?!\n]{{0,40}}?(?P<id>(?:{_UK_AREA})"
        rf"\d[a-z\d]?\s\d[abd-hjlnp-uw-z]{{2}}|[abceghj-nprstvxy]\d[a-z]\s\d[a-z]\d|\d{{5}})(?![\w%-]|"
        rf"\.\d)",
    ),
)
