"""Codes that look like one person's by their shape alone, and those that never are: of trials, articles, quantities."""

import re

from ipt_rag.phi.contact import PUBLIC_LINES
from ipt_rag.phi.rules import before, digits

# Registered trials, articles and codes: never a person's number.
PUBLIC_ID = re.compile(
    r"\W{0,3}(?:nct\s?\d{8}|isrctn\s?\d{1,20}|pmc?\s?\d{1,20}|pmid\W{0,2}\d{1,20}|actrn\d{1,20}|eudract\W{0,2}[\d-]{1,20}|"
    r"drks\d{1,20}|umin\d{1,20}|chictr[\w-]{1,30}|10\.\d{4,9}/\S{1,80}|"
    r"\d{4}\.\d{4,5}|(?:icd|dsm|phq|gad|bdi|ham|hrsd|epds|cpt|h?cpcs|loinc|snomed)[\w.-]{0,20}|(?:19|"
    r"20)\d\d(?:[-/](?:19|20)?\d\d)?|\d{1,3}(?:\.\d{1,20})?(?:mg|mcg|ml|g|kg|mmol|%|weeks?|wks?|"
    r"sessions?|years?|yrs?|y|months?|x)?|"
    r"[a-z]\d{2}(?:\.\d{1,2})?|[a-z]?\d{2,3}\.\d{1,3}|90[78]\d\d|\d{1,2}-\d{1,2})$",
    re.IGNORECASE,
)
LITERATURE = re.compile(
    r"\b(?:trial|study|registr\w{0,20}|protocol|prospero|ethics|irb|pmid|doi|isbn|issn|grant|award|"
    r"isrctn|nct|arxiv)\b[^.?!]{0,20}$"
)
# Prefixes of codes that are no person's: instruments, classifications, registers, standards, research compounds.
_OPEN_PREFIXES = set(
    "PHQ GAD DSM ICD IPT CBT HAM HRSD BDI MADRS EPDS NCT ISRCTN PMC PMID DOI ISBN ISSN COVID ARXIV "
    "SARS ISO EN IEC RFC CVE CRD UMIN "
    "ACTRN DRKS TCTR CTRI NTR JPRN LBCTR PACTR RBR KCT CPT ICF WHO EU NICE NG CG TA QS LY GSK SB "
    "MK PF BMS AZD RO SSR JNJ TAK BI "
    "AMG ABT CP GR MDL WAY DOV NS SEP CX MIN ACP ALKS AXS SAGE BAN ORG EMD SR TC FE US UK FDA "
    "EMA HHS CFR USC PUB NIH R01 U01 "
    "GDS CES PCL CAPS SCID MINI MMSE MOCA HADS DASS IIP OQ CORE WSAS QIDS YMRS CGAS GAF SF EQ VO "
    "IL TNF CA CD HLA UN HR SMD OR CI RR".split()
)
# Quantities, years, gene variants, chromosome bands, histones and micro-RNAs: letters and digits that name no one.
_COUNTED = re.compile(
    r"(?:\d{1,6}(?:[.-]\d{1,20})?(?:[a-z]{1,6}(?:/[a-z]{1,4})?|[-/][a-z]{2,12}(?:[-/.][a-z]{2,12}){0,3})|"
    r"(?:19|20)\d\ds?(?:[-/](?:19|20)?\d\ds?){0,3}[a-z]?|"
    r"[a-z]{2,12}[-./]?(?:19|20)\d\d[a-z]?(?:[-/](?:19|20)?\d\d)?|"
    r"rs\d{1,20}\w{0,3}|cd\d{6}|crd\d{1,20}|h\d{1,20}[nk]\d{1,20}\w{0,20}|mi(?:cro)?r(?:na)?-?\d\S{0,80}|covid\S{0,80}|\d{1,2}[pqx]\d\S{0,80}|\d{1,20}(?:st|nd|rd|th)\S{0,80}|"
    r"[sv]?\d{1,2}(?:\.\d{1,2}){1,3}\w?|.{0,3}(?:doi|isbn).{0,80})",
    re.IGNORECASE,
)
CODE = (
    r"(?<![\w.,@/:%&=?;(\[+-])#?(?P<id>[A-Za-z0-9]{1,24}(?:[-/._:][A-Za-z0-9]{1,20}){0,5})(?![\w@%]|[./:-]\w|,\d|"
    r"\s?(?:patients|people|participants|adults|women|men|children|cases|veterans|deaths|mg|iu)\b)"
)


def is_code(match: re.Match[str]) -> bool:
    """Return whether a word of letters and five digits, or of six digits, is nobody's but one person's."""
    word = match["id"]
    count = len(digits(word))
    if (
        count < 4
        or digits(word) in PUBLIC_LINES
        or PUBLIC_ID.match(word)
        or _COUNTED.fullmatch(word)
        or LITERATURE.search(before(match, 40))
    ):
        return False
    letters = re.match(r"[A-Za-z]*", word)
    if letters and letters.group().upper() in _OPEN_PREFIXES:
        return False
    if any(each.isalpha() for each in word):  # four digits among capitals are a plate, or a number for prisoners
        return count >= 5 or (re.fullmatch(r"[A-Z0-9]{7,12}", word) is not None and len(word) - count >= 3)
    if word.isdigit():
        return count >= 6 and not word.endswith("00") and not (count == 8 and word[:2] in ("19", "20"))
    if ":" in word or re.fullmatch(
        r"\d{1,4}[-/]\d{1,4}|[\d.]{1,30}|\d{1,2}([/.-])\d{1,2}\1\d{2,4}", word
    ):  # a range, a decimal, a date
        return False
    return count >= 7


def is_grouped(match: re.Match[str]) -> bool:
    """Three groups of digits or more, spaced like a number of one's own: no years, no doses."""
    groups = match["id"].split()
    if len(digits(match["id"])) < 9 or max(map(len, groups)) < 3:
        return False
    return not any(re.fullmatch(r"(?:19|20)\d\d|\d{1,20}0", group) for group in groups[:2]) and not LITERATURE.search(
        before(match, 40)
    )
