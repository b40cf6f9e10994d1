"""Dates closer than a year, and ages of 90 or more, that belong to one person rather than to the literature."""

import re

from ipt_rag.phi.kinds import AGE, DATE
from ipt_rag.phi.rules import Rule, after, before, digits, rule

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
# Months as other languages write them, where English does not.
_ABROAD = (
    r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|janvier|f[ée]vrier|mars|"
    r"avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre|januar|februar|m[äa]rz|juni|juli|oktober|"
    r"dezember|januari|februari|maart|augustus|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|"
    r"janeiro|fevereiro|mar[çc]o|maio|junho|julho|setembro|outubro|dezembro|ocak|[şs]ubat|mart|nisan|may[ıi]s|haziran|"
    r"temmuz|a[ğg]ustos|eyl[üu]l|ekim|kas[ıi]m|aral[ıi]k|stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|"
    r"wrze[śs]nia|pa[źz]dziernika|listopada|grudnia)"
)
# Days that everybody knows by name; with a year they are dates.
_NAMED_DAY = (
    r"(?:christmas|new\syear'?s?|easter|thanksgiving|halloween|valentine'?s?|boxing|mother'?s|father'?s|independence|"
    r"eid|diwali|ramadan|yom\skippur|passover|good\sfriday|labou?r)(?:\s(?:eve|day|sunday|monday))?"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:\s?(?:st|nd|rd|th))?"
_ORDINAL = r"(?:0?[1-9]|[12]\d|3[01])\s?(?:st|nd|rd|th)"
_YEAR = r"(?:'\d\d|(?:18|19|20)\d\d|\d\d(?![\d.%]))"
_FULL_YEAR = r"(?:'\d\d|(?:18|19|20)\d\d)"
_WEEKDAY = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?"
_GAP = r"[\s,./-]{1,3}"

# What happens to one person on a day: birth, death, admission, an appointment.
_EVENT = re.compile(
    r"\b(?:born|birth|b|dob|d\.o\.b|birthday|bday|b-day|brith|died|dies|death|passed|deceased|"
    r"buried|funeral|admit\w*|admission|"
    r"discharg\w*|hospitali[sz]\w*|appt|appts|appointments?|visit\w*|seen|sees|saw|evaluated|"
    r"assess\w*|diagnos\w*|dx'?d?|"
    r"treated|underwent|surgery|operat\w*|deliver\w*|gave|lmp|edd|due|miscarr\w*|married|wedding|"
    r"divorc\w*|separated|left|"
    r"moved|arriv\w*|fled|session|sessions|intake|started|start|began|begun|ended|relaps\w*|"
    r"overdos\w*|attempt\w*|arrest\w*|"
    r"released|incident|accident|crash|assault\w*|rape\w*|attack\w*|fired|lost|quit|retir\w*|since|on|until|scheduled|"
    r"consult\w*|referr\w*|refill\w*|follow-?up|f/u|review\w*|anniversary|court|hearing|next|last|booked|met|called|"
    r"presented|presenting|registered|enrolled|prescribed|vaccinat\w*|transferred|date|dated|from|by)\b"
)
# A date beside one of these belongs to a publication, a guideline or the calendar of everybody.
_LITERATURE = re.compile(
    r"\b(?:publish\w*|publication|epub|accessed|retrieved|generated|updat\w*|revised|version|edition|issue|"
    r"released\sby|launch\w*|"
    r"approv\w*|conference|congress|webinar|workshop|guidelines?|journal|doi|preprint|article|press|announce\w*|"
    r"trial|trials|study|studies|recruit\w*|enrol(?:ment|lment)|searche[sd]|search|literature|"
    r"databases?|inception|effective|holiday|"
    r"awareness|world|international|election|pandemic|lockdown|covid|9/11|september\s11|deadline|cochrane|review\sof)\b"
)


def _personal(match: re.Match[str]) -> bool:
    """A whole date is a person's unless the words beside it speak of the literature."""
    nearby = before(match, 48)
    return not _LITERATURE.search(nearby.rsplit(". ", 1)[-1]) and not re.match(
        r"\W{1,3}(?:issue|edition|version|guideline)", after(match, 20)
    )


def _eventful(match: re.Match[str]) -> bool:
    """A date without its year, or without its day, is a person's only beside an event of one life."""
    nearby = before(match, 40).rsplit(". ", 1)[-1]
    return bool(_EVENT.search(nearby)) and _personal(match)


def _eventful_month(match: re.Match[str]) -> bool:
    """Read "6 may" and "march 3" as a verb and a number unless an event stands right before them."""
    if re.search(r"(?:^|\s)(?:may|march|mar)(?:\s|$)", match["id"]):
        return bool(
            re.search(
                r"\b(?:on|since|born|until|till|from|birthday|bday|dob|died|admitted|due|appt|session)"
                r"\s(?:is\s|was\s|the\s)?$",
                before(match, 20),
            )
        ) and _personal(match)
    return _eventful(match)


_LIFE = re.compile(
    r"\b(?:born|birth|dob|birthday|bday|died|death|passed|deceased|admit\w*|admission|discharg\w*|"
    r"hospitali[sz]\w*|appt|"
    r"appointment|seen|visit\w*|evaluated|diagnos\w*|dx'?d|underwent|surgery|operated|delivered|"
    r"lmp|married|divorced|treated|"
    r"assessed|consulted|referred|presented|last)\b[^.?!]{0,24}$"
)
_MANY = re.compile(
    r"\b(?:patients|adults|people|women|men|trials?|study|studies|children|cohort|participants|"
    r"cases|samples?|guidelines?)\b"
)


def _of_one_life(match: re.Match[str]) -> bool:
    """A month and a year need an event of one person's life right before them: trials have months too."""
    nearby = before(match, 44)
    return bool(_LIFE.search(nearby)) and not _MANY.search(nearby) and _personal(match)


def _day_and_month(match: re.Match[str]) -> bool:
    """Ask of "9/18" for an appointment, a weekday or a birthday beside it: scores and doses look alike."""
    first, second = (int(part) for part in re.findall(r"\d+", match["id"])[:2])
    fits = (1 <= first <= 12 and 1 <= second <= 31) or (1 <= second <= 12 and 1 <= first <= 31)
    cue = (
        r"(?:appt|appointment|dob|born|bday|birthday|admitted|discharged|visit|seen|lmp|session|date|"
        r"due|intake|died|since|mon|tues?|wed|thurs?|fri|sat|sun|(?:mon|tues|wednes|thurs|fri|satur|"
        r"sun)day)\b[^.?!\d]{0,14}$"
    )
    if re.search(r"\bsessions?\s$", before(match, 12)):
        return False  # "session 7/16" counts sessions
    closing = re.search(r"\bon\s$", before(match, 4)) and re.match(r"\s?(?:[.,;?!]|$)", after(match, 3))
    return fits and bool(
        closing
        or re.search(cue, before(match, 34))
        or re.match(r"\s{0,2}(?:at|@)\s?\d{1,2}\s?(?::\d\d|am|pm)", after(match, 12))
    )


def _valid(match: re.Match[str]) -> bool:
    """Numbers that can be a day, a month and a year in some order."""
    parts = [int(part) for part in re.findall(r"\d+", match["id"])]
    year_first = parts[0] > 31
    low, high = sorted(parts[1:3] if year_first else parts[:2])
    return 1 <= low <= 12 and 1 <= high <= 31 and _personal(match)


def _is_age(match: re.Match[str]) -> bool:
    """One person of 90 or more: no range, no group, no duration."""
    return not re.search(
        r"(?:\d\s?(?:-|to|and)\s?|over|above|under|between|than|least|up\sto|aged?\sover|ages|"
        r"patients\saged|adults\saged|people\saged|>=?|<=?)\s{0,2}$",
        before(match, 18),
    ) and not re.match(
        r"\s{0,2}(?:\+|-\s?\d|or\s(?:older|over|more|above)|and\s(?:older|over|above)|to\s\d|%|mg|"
        r"sessions|weeks|days|minutes|patients|participants|people|adults|women|men|percent|points|/)",
        after(match, 16),
    )


DATE_RULES: tuple[Rule, ...] = (
    rule(
        DATE,
        r"(?<![\w.,/-])(?P<id>\d{1,8}(?:[\s/.-]{0,2}(?:th|st|nd|rd)?[\s/.-]{0,2}\d{1,4}){0,2})\s(?:is|was|=|as|-)\s(?:her|his|their|the|my)\s"
        r"(?:[a-z']{1,10}\s){0,1}(?:dob|birthday|bday|birth\s?date|date\sof\s(?:birth|death|admission))\b",
        lambda match: 4 <= len(digits(match["id"])) <= 8,
    ),
    rule(DATE, r"(?<![\w./-])(?P<id>\d{1,2}([/.\-])\d{1,2}\2(?:19|20)?\d{2})(?![\d/-]|\.\d|mg|%)", _valid),
    rule(DATE, r"(?<![\w./-])(?P<id>(?:18|19|20)\d\d([/.\-])\d{1,2}\2\d{1,2})(?![\d/-]|\.\d)", _valid),
    rule(
        DATE,
        r"(?<![\w./-])(?P<id>\d{1,2}\s{1,2}[/-]\s{1,2}\d{1,2}\s{1,2}[/-]\s{1,2}(?:19|20)?\d{2})"
        r"(?![\d/-])",
        _valid,
    ),
    rule(DATE, rf"\b(?P<id>{_DAY}\s{{0,2}}(?:of\s)?{_MONTH}{_GAP}?(?:of\s)?{_YEAR})(?![\w%])", _personal),
    rule(
        DATE,
        rf"\b(?P<id>{_DAY}\.?\s{{1,2}}(?:de\s|di\s)?{_ABROAD}\.?(?:\s(?:de\s|del\s)?{_FULL_YEAR})?)(?!\w)",
        _personal,
    ),
    rule(DATE, rf"\b(?P<id>{_NAMED_DAY},?\s(?:in\s|of\s)?{_FULL_YEAR})(?!\w)", _eventful),
    rule(DATE, r"\b(?:on|for)\s(?P<id>the\s\d{1,2}(?:st|nd|rd|th)\s(?:at|@)\s\d{1,2})(?!\d)"),
    rule(DATE, rf"\b(?P<id>{_DAY}[/.-]{_MONTH}[/.-]{_YEAR})\b", _personal),
    rule(DATE, rf"\b(?P<id>\d{{1,2}}{_MONTH}\s?(?:19|20)?\d\d)\b", _personal),
    rule(
        DATE,
        rf"\b(?P<id>{_MONTH}\.?\s{{0,2}}(?:the\s)?{_DAY}(?:,\s{{0,2}}|\s{{1,2}}|\sof\s|-|/)"
        rf"{_FULL_YEAR})(?![\w%])",
        _personal,
    ),
    rule(DATE, rf"\b(?P<id>(?:18|19|20)\d\d{_GAP}{_MONTH}{_GAP}{_DAY})\b", _personal),
    rule(
        DATE,
        rf"\b(?:dob|d\.o\.b|born|birth|brith|bday|birthday|birthdate)"
        rf"\b[^.?!\n]{{0,24}}?(?P<id>{_MONTH}\.?\s{{0,2}}{_DAY}|{_DAY}\s{{0,2}}(?:of\s)?{_MONTH}|"
        rf"{_MONTH}\.?{_GAP}{_YEAR}|(?:18|19|20)\d\d[/.-]\d{{1,2}}|\d{{1,2}}[/.-]\d{{2,4}}|\d{{6,8}})\b",
    ),
    rule(
        DATE,
        rf"(?<![\w.])b\.\s?(?P<id>(?:18|19|20)\d\d[/.-](?:0?[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])[/.-](?:18|19|20)\d\d|"
        rf"{_MONTH}\.?{_GAP}(?:18|19|20)\d\d)(?![\d-])",
    ),
    rule(
        DATE,
        r"\b(?:dob|d\.o\.b\.?|date\sof\s(?:birth|brith)|birth\s?date)\W{0,3}(?:is\W|was\W)"
        r"?\s?(?P<id>\d{1,4}[\s./-]{1,3}\d{1,2}[\s./-]{1,3}\d{2,4})",
    ),
    rule(
        DATE, rf"\b(?P<id>{_ORDINAL}\s{{1,2}}(?:of\s)?{_MONTH}|{_MONTH}\.?\s{{1,2}}(?:the\s)?{_ORDINAL})\b", _eventful
    ),
    rule(
        DATE,
        rf"(?<![\w.-])(?P<id>{_DAY}\s{{1,2}}{_MONTH}|{_MONTH}\.?\s{{1,2}}{_DAY})(?![\w%.-]|\s(?:mg|"
        rf"weeks?|sessions?|patients|people|studies|trials|or|and\s\d))",
        _eventful_month,
    ),
    rule(DATE, rf"\b(?P<id>{_WEEKDAY},?\s{{1,2}}(?:the\s)?(?:{_ORDINAL}|{_MONTH}\.?\s{_DAY}|{_DAY}\s{_MONTH}))\b"),
    rule(
        DATE,
        rf"\b(?P<id>{_DAY}\s{{1,2}}{_MONTH}\s{{0,2}}(?:-|to|until|through|till)"
        rf"\s{{0,2}}{_DAY}\s{{1,2}}{_MONTH})\b",
        _personal,
    ),
    rule(
        DATE,
        rf"\b(?P<id>{_MONTH}\.?,?\s{{1,2}}(?:of\s)?(?:19|20)\d\d|(?:0?[1-9]|1[0-2])/(?:19|20)\d\d)\b",
        _of_one_life,
    ),
    rule(DATE, r"(?<![\w./-])(?P<id>\d{1,2}/\d{1,2}|\d\d-\d\d)(?![\w/%-]|\.\d)", _day_and_month),
    rule(DATE, r"\b(?P<id>(?:19|20)\d\d-\d\d-\d\dT\d\d:\d\d)"),
    rule(
        AGE,
        r"\b(?P<id>(?:9\d|1[01]\d|12[0-4])(?=\s?-?\s?(?:years?|yrs?|y/?o|y\.o\.?|yo|year-old)(?:\b|"
        r"[\s-]?old|[mf]\b)))",
        _is_age,
    ),
    rule(
        AGE,
        r"\b(?:(?:is|was|turn(?:s|ed|ing)|aged?|age\sof|age:?|now|nearly|almost|just|she's|he's|"
        r"they're)\s{1,2}(?:now\s|already\s|nearly\s|almost\s)?)(?P<id>9\d|1[01]\d)(?![\w/.%-]\d|[%°]|"
        r"\w|\s?(?:\+|percent|mg|sessions?|weeks?|days?|minutes?|mins?|patients?|participants|per|"
        r"points?|or\s|to\s\d|kg|lbs?|out|and\s(?:older|over)|hours?|of\s))",
        lambda match: _one_person(match),
    ),
    rule(AGE, r"\b(?P<id>9\d|1[01]\d)\s?(?:[mf]|yom|yof|yo\s?[mf])\b(?!-)", _is_age),
    rule(
        AGE,
        r"\b(?:patient|pt|client|man|woman|lady|gentleman|male|female|widow|widower|mother|father|"
        r"husband|wife|grandmother|grandfather|resident|he|she)\s?[,(]\s?(?P<id>9\d|1[01]\d)(?=\s?[,)"
        r";.]|\s?[mf]\b)",
    ),
    rule(
        AGE,
        r"\b(?P<id>nonagenarian|centenarian|supercentenarian)\b(?!s)",
        lambda match: bool(re.search(r"\b(?:my|a|this|our|her|his)\s{1,2}(?:\w{1,12}\s)?$", before(match, 20))),
    ),
)


def _one_person(match: re.Match[str]) -> bool:
    """Tell a person who "is 93" or "aged 91" from a score, a mean or a group."""
    words = before(match, 40) + match.group().lower()
    return not re.search(
        r"\b(?:score|scored|mean|average|median|rate|value|cutoff|cut-off|ci|auc|n|icc|patients|"
        r"adults|people|participants|women|men|those|anyone|dose|weight|bp|heart|pulse|hr|level|"
        r"session|page|item|percentile|iq|bmi|gaf|cgas|ham-?d|bdi|madrs|eligib\w*|range|limit|maximum|"
        r"sample|number|it|what|that|this)\b",
        words,
    )
