"""Ways to reach a person: telephone, fax, e-mail, web pages, user names and IP addresses."""

import ipaddress
import re

from ipt_rag.phi.kinds import EMAIL, FAX, IP, PHONE, URL
from ipt_rag.phi.rules import Rule, after, before, digits, rule

_TOP = (
    "com|net|org|edu|gov|co|uk|us|io|de|fr|it|es|nl|ca|au|in|info|health|care|me|ch|at|ie|nz|br|jp|mx|ar|cl|pe|pt|pl|cz|"
    "hu|ro|ru|ua|tr|gr|se|no|dk|fi|be|lu|za|ng|ke|gh|et|eg|ma|pk|bd|lk|sg|hk|tw|kr|cn|ph|vn|th|id|my|il|ae|sa|ee|tv|ly|"
    "gg|app|dev|blog|page|site|online|xyz|fm|social|link|bio|live|ai"
)
_MAILERS = (
    r"g\s?mail|googlemail|yahoo|ymail|hot\s?mail|out\s?look|i\s?cloud|"
    r"aol|live|msn|proton(?:\s?mail)?|gmx|zoho|fast\s?mail|naver|qq|web\.de"
)
# Also as other languages say them.
_DOTS = "dot|punto|punkt|point|ponto|kropka|nokta"
_ATS = "at|arroba|arobase|chiocciola|malpa|klammeraffe|kukac"
_DOT = rf"(?:\s{{0,2}}[\[({{<]\s?(?:{_DOTS}|\.)\s?[\])}}>]\s{{0,2}}|\s{{1,2}}(?:{_DOTS})\s{{1,2}}|\s?_dot_\s?|\.)"
_AT = (
    rf"(?:\s{{0,2}}[\[({{<]\s?(?:{_ATS}|@)\s?[\])}}>]\s{{0,2}}|\s?_at_\s?|\s{{0,2}}@\s{{0,2}}|"
    r"\s(?:arroba|arobase|chiocciola)\s)"
)
_REACH = (
    r"(?:tele)?phones?|tel|cell(?:phone)?s?|mobiles?|mob|call(?:s|ed|ing)?|text(?:ed|ing)?|reach(?:ed|able)?|"
    r"contacts?|whatsapp|signal|pager|landline|voicemail|dial(?:led)?|ring|rang|desk|number|nr|no|ph|sms|hotline"
)
# Lines for everybody: the crisis and emergency services of several countries, by digits.
PUBLIC_LINES = {
    "988", "911", "999", "112", "111", "116123", "741741", "85258", "686868",
    "18002738255", "8002738255", "18007997233", "8007997233", "131114", "18334564566", "8006624357", "18006624357",
    "8552736248", "8339436746", "08457909090", "18008334357",
}  # fmt: skip
# A number behind one of these is a reference to the literature, a code or a quantity.
_LITERATURE = re.compile(
    r"(?:pmid|pmc|doi|isbn|issn|nct|isrctn|arxiv|orcid|10\.\d{4,9}/|vol(?:ume)?|pp?|pages?|n\s?=|"
    r"jama|lancet)[\s.:#=]{0,3}"
    r"[\w./;()-]{0,30}$"
)


def _is_phone(match: re.Match[str]) -> bool:
    number = digits(match.group())
    return number not in PUBLIC_LINES and len(set(number)) > 1 and not _LITERATURE.search(before(match, 40))


def _is_fax(match: re.Match[str]) -> bool:
    return _is_phone(match) and (
        "fax" in before(match, 22) or "fax" in match.group().lower() or "fax" in after(match, 8)
    )


def _is_dialled(match: re.Match[str]) -> bool:
    """Behind "phone", "call her on" and the like: seven digits or more, not a range of years or scores."""
    number = digits(match["id"])
    if re.search(r"(?<![\d.])\d{1,2}\.\d{1,2}(?![\d.])", match["id"]):  # decimals: "was 14.7 (13.4-15.7"
        return False
    return (
        7 <= len(number) <= 15
        and number not in PUBLIC_LINES
        and not re.fullmatch(r"(?:19|20)\d\d\W+(?:19|20)\d\d", match["id"])
    )


def _is_address(match: re.Match[str]) -> bool:
    """Four numbers with dots: an address, unless it reads as a section ("1.2.3.4") or a version."""
    parts = [int(part) for part in digits_of_groups(match["id"])]
    private = parts[0] == 10 or parts == [127, 0, 0, 1]  # "10.0.0.5" is an address; "10.1.2.3" may be a section too
    return all(part < 256 for part in parts) and (
        max(parts) > 31
        or (private and 0 in parts)
        or bool(re.search(r"\b(?:ip|server|host|router|log(?:ged)?\s?in|address|connect\w{0,3})\b", before(match, 24)))
    )


def digits_of_groups(text: str) -> list[str]:
    """Return the runs of digits in a text."""
    return re.findall(r"\d+", text)


def _is_ipv6(match: re.Match[str]) -> bool:
    try:
        return ipaddress.IPv6Address(match.group().strip(".")).version == 6 and len(match.group()) > 6
    except ValueError:
        return False


# Publishers, registers, societies and public bodies: an address there points to no patient.
_OPEN_SITES = re.compile(
    r"(?:^|[./@])(?:doi|nih|who|nice|nhs|apa|psychiatry|cochrane(?:library)?|clinicaltrials|"
    r"isrctn|pubmed|ncbi|jamanetwork|"
    r"thelancet|nature|springer|sciencedirect|wiley|tandfonline|oup|bmj|plos|frontiersin|arxiv|medrxiv|psyarxiv|osf|"
    r"interpersonalpsychotherapy|isipt|iptinstitute|medicalnewstoday|healthline|mayoclinic|webmd|"
    r"psychologytoday|samhsa|cdc|"
    r"fda|ema|wikipedia|medscape|emedicine|medlineplus|uptodate|clevelandclinic|hopkinsmedicine|"
    r"harvard|stanford|yale|columbia|nami|mind|beyondblue|verywellmind|choosingtherapy|"
    r"beckinstitute|github|huggingface|researchgate|semanticscholar|strongminds|canmat|"
    r"example-journal|hhs|ecfr|"
    r"gov|psychiatryonline|guilford|apa|oxford|cambridge|sagepub|karger|biomedcentral|europepmc)"
    r"\.(?:[a-z.]{2,8})(?:/|$|[?#:,;.)\s])",
)


def _is_page(match: re.Match[str]) -> bool:
    return not _OPEN_SITES.search(match.group().lower() + " ")


def _is_handle(match: re.Match[str]) -> bool:
    return not re.fullmatch(r"@(?:home|work|night|risk|all|once|least|first|\d+)", match["id"].lower())


_PHONE_BEHIND_CUE = (
    rf"(?<![a-z])(?:{_REACH})\W{{0,3}}(?:[a-z#]{{1,8}}\W{{1,3}}){{0,4}}?(?P<id>\+?[(\d][\d\s().x/-]{{5,22}}\d)(?![\w%])"
)
_PHONE_BEFORE_CUE = (
    r"(?<![\w.-])(?P<id>\+?[(\d][\d\s().-]{5,20}\d)\s{1,3}\(?(?:mobile|cell|phone|office|home|work|desk|tel)\b"
)
_US = (
    r"(?<![\w.-])(?:\+?1[\s.-]{0,3})?(?:\(\d{3}\)[\s.-]{0,3}|\d{3}[.\-/]\s{0,2}|[2-9]\d\d\s{1,2})"
    r"\d{3}[\s.-]{1,3}\d{4}(?:\s?(?:x|ext\.?)\s?\d{1,6})?(?!\w)"
)
_ABROAD = r"(?<![\w.])\+\d{1,3}[\s.-]{0,2}(?:\(\d{1,4}\)[\s.-]{0,2})?\d{1,5}(?:[\s.-]{0,2}\d{2,5}){1,5}(?!\w)"
_NATIONAL = r"(?<![\w.,-])\(?0\d{2,4}\)?[\s-]{1,2}\d{3,4}(?:[\s-]{0,2}\d{2,4}){1,2}(?![\w.])"

CONTACT_RULES: tuple[Rule, ...] = (
    rule(EMAIL, r"(?<![\w.+-])[\w.+'-]{1,64}@(?:[\w-]{1,63}\.){1,6}[a-z]{2,24}"),
    rule(
        EMAIL,
        rf"(?<![\w.+-])[\w+-]{{1,40}}(?:{_DOT}[\w+-]{{1,30}})"
        rf"{{0,3}}{_AT}[a-z0-9-]{{2,40}}(?:{_DOT}[a-z0-9-]{{2,30}}){{0,2}}{_DOT}(?:{_TOP})\b",
    ),
    rule(EMAIL, rf"(?<![\w.+-])[\w+-]{{1,40}}(?:{_DOT}[\w+-]{{1,30}}){{0,3}}{_AT}(?:{_MAILERS})\b"),
    rule(EMAIL, rf"(?<![\w.+-])[\w+-]{{1,40}}(?:{_DOT}[\w+-]{{1,30}}){{1,3}}\s{{1,2}}at\s{{1,2}}(?:{_MAILERS})\b"),
    rule(
        EMAIL,
        rf"(?<![\w.+-])[\w.+-]{{1,40}}(?:{_DOT}[\w+-]{{1,30}})"
        rf"{{0,3}}\s{{1,2}}at\s{{1,2}}[a-z0-9-]{{2,40}}(?:\s{{1,2}}dot\s{{1,2}}|\s{{0,2}}[\[(]dot[\])"
        rf"]\s{{0,2}})(?:{_TOP})\b",
    ),
    rule(EMAIL, rf"(?<![\w.+-])[\w.+-]{{2,40}}\s{{1,2}}at\s{{1,2}}(?:{_MAILERS})\.(?:{_TOP})\b"),
    rule(EMAIL, rf"(?<![\w.+-])[\w.+-]{{2,40}}\s{{1,2}}at\s{{1,2}}(?:{_MAILERS})\s{{1,2}}dot\s{{1,2}}(?:{_TOP})\b"),
    rule(
        EMAIL,
        rf"\b(?:e-?mail(?:s|ed)?|mail|gmail|hotmail|yahoo|outlook|icloud|write|reach)\b.{{0,20}}?(?P<id>[\w.+-]{{2,40}}\s{{1,2}}at\s{{1,2}}(?:{_MAILERS}|"
        rf"[a-z0-9-]{{2,40}}\.(?:{_TOP})))\b",
    ),
    rule(EMAIL, r"(?<![\w.])(?:\w\.){2,30}\w?\s?@\s?(?:\w\.){2,30}\w"),  # "n.o.r.a@m.a.i.l.c.o.m"
    # "nora.v at example.com": what stands before "at" is no word, for it holds a dot, a digit or an underscore.
    rule(
        EMAIL,
        rf"(?<![\w.+-])(?:[a-z][\w+-]{{0,30}}[._][\w+.-]{{1,30}}|[a-z]{{2,20}}\d{{1,4}})\s{{1,2}}at\s{{1,2}}"
        rf"(?:[a-z0-9-]{{2,40}}\.){{1,3}}(?:{_TOP})\b",
    ),
    rule(
        EMAIL,
        rf"\b(?:{_MAILERS})\s?(?::|=|is|address|id|name)\W{{1,3}}(?P<id>[a-z][\w-]{{0,30}}(?:[._-][\w-]{{1,30}}){{1,4}})",
    ),
    rule(EMAIL, rf"\b(?:{_MAILERS})\s?(?::|=|is|address|id|name)\W{{1,3}}(?P<id>[a-z]{{2,30}}\d{{1,6}})\b"),
    rule(FAX, _US, _is_fax),
    rule(FAX, _ABROAD, _is_fax),
    rule(
        FAX,
        r"\b(?:tele)?fax(?:ed|es)?\b\W{0,3}(?:[a-z#]{1,8}\W{1,3}){0,4}(?P<id>\+?[(\d][\d\s().-]{5,20}\d)(?!\w)",
        _is_dialled,
    ),
    rule(PHONE, _US, _is_phone),
    rule(PHONE, _ABROAD, lambda match: _is_phone(match) and 8 <= len(digits(match.group())) <= 15),
    rule(PHONE, r"(?<![\w.,/-])0\d(?:[ .-]\d\d){4}(?![\w%]|[.,-]\d)", _is_phone),
    rule(PHONE, r"(?<![\w.-])\(0?\d{2,4}\)\s?\d{4}[ -]?\d{3,4}(?![\w%])", _is_phone),
    rule(PHONE, _NATIONAL, lambda match: _is_phone(match) and 9 <= len(digits(match.group())) <= 12),
    rule(PHONE, _PHONE_BEHIND_CUE, _is_dialled),
    rule(PHONE, _PHONE_BEFORE_CUE, _is_dialled),
    rule(URL, r"(?:https?://|www\.)[^\s<>\"']{3,300}", _is_page),
    rule(URL, rf"(?<![\w.@/-])(?:[a-z0-9-]{{1,60}}\.){{1,4}}(?:{_TOP})/[\w.~%@/?=&+-]{{2,200}}", _is_page),
    rule(
        URL,
        r"\b(?:facebook|instagram|linkedin|twitter|tiktok|x|t|fb|wa|onlyfans|youtube|reddit|snapchat)"
        r"\.(?:com|me|co)/[\w.~%@/?=&+-]{2,100}",
    ),
    rule(URL, r"(?<![\w.@+-])(?P<id>@[a-z_][\w.]{2,30})\b(?!\.[a-z])", _is_handle),
    rule(URL, r"(?<![\w#])[a-z][\w.]{2,30}#\d{4}(?!\w)"),
    rule(URL, r"(?<![\w/])u/[\w-]{3,20}\b"),
    rule(
        URL,
        r"\b(?:instagram|insta|ig|tiktok|twitter|snapchat|snap|facebook|fb|reddit|discord|telegram|"
        r"skype|twitch|tumblr|pinterest|onlyfans|soundcloud|strava|steam|xbox|psn|venmo|cash\s?app|whatsapp|wechat|kik|signal|"
        r"bluesky|mastodon|threads|grindr|tinder|hinge|bumble|youtube|username|user\s?name|user\s?id|login|screen\s?name|handle|gamertag|profile)"
        r"\b\W{0,3}(?:(?:name|handle|user|id|is|account|page|profile|as)\W{1,3})"
        r"{0,3}/?(?P<id>(?=[a-z_.]{0,24}[\d_]|[a-z]{1,20}\.[a-z]{2,20}(?![\w.]))[\w.-]{4,30})\b",
    ),
    rule(
        URL,
        r"(?:\b(?:her|his|their|my|client'?s|patient'?s|pt'?s)\s{1,2}(?:own\s)?(?:blog|web\s?site|"
        r"web\s?page|homepage|site|profile|channel|page))\W{1,3}(?:(?:is|at|on|called|link|url|"
        r"address)\W{1,3}){0,3}(?P<id>(?:[\w-]{1,60}(?:\.|\sdot\s)){1,4}[a-z]{2,12})\b",
    ),
    rule(IP, r"(?<![\w.-])(?P<id>\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?![\w-]|\.\d)", _is_address),
    rule(IP, r"\bip\b\W{0,3}(?:[a-z]{2,8}\W{1,3}){0,3}(?P<id>\d{1,3}([ ,_-])\d{1,3}\2\d{1,3}\2\d{1,3})(?![\w-])"),
    rule(
        IP,
        r"(?<![\w.-])(?P<id>\d{1,3}(?:\s{0,2}[\[(]?\s?(?:dot|\.)\s?[\])]?\s{0,2}\d{1,3}){3})(?![\w-]|"
        r"\.\d)",
        _is_address,
    ),
    rule(IP, r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", _is_ipv6),
)
