"""Prints, voices, faces and pictures of a person: their records and files, and talk of showing one here."""

import re

from ipt_rag.phi.kinds import BIOMETRIC, PHOTO
from ipt_rag.phi.labels import labelled
from ipt_rag.phi.rules import Rule, rule

_PICTURE_FILE = "jpe?g|heic|heif|png|gif|bmp|tiff?|webp|raw|mp4|mov|avi|mkv|m4v|3gp|wmv|webm|dcm"
_SOUND_FILE = "wav|m4a|mp3|ogg|opus|amr|flac|aac|wma|aiff?"
_PICTURE = (
    r"(?:full[\s-]?face\s|profile\s|clear\s)?(?:photo(?:graph)?s?|pics?|pictures?|selfies?|headshots?|mug\s?shots?|snapshots?|portraits?|"
    r"screenshots?|screen\sgrabs?|videos?|video\sstills?|images?)"
)

MEDIA_RULES: tuple[Rule, ...] = (
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
        r"voice)\b[^.?!\n]{0,60}?(?P<id>(?=[a-z_-]{0,12}\d{3})[\w-]{5,40}|[\w-]{1,60}\.(?:bmp|wsq|png|"
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
    rule(PHOTO, rf"\b(?P<id>[\w-]{{1,60}}\.(?:{_PICTURE_FILE}))\b"),
    rule(BIOMETRIC, rf"\b(?P<id>[\w-]{{1,60}}\.(?:{_SOUND_FILE}))\b"),
    rule(PHOTO, rf"\b(?:attached|enclosed|uploaded)\s(?:is\s)?(?:a\s|the\s|my\s|her\s|his\s)?(?P<id>{_PICTURE})\b"),
    # One person's picture, whatever is done with it: "pic of my patient's tattoo", "took a picture of his face".
    rule(PHOTO, rf"\b(?P<id>{_PICTURE}\s(?:of|with|showing)\s(?:my|the|our|a|this)\s(?:client|patient|pt)(?:'?s)?)\b"),
    rule(
        PHOTO,
        rf"\b(?:i|we)\s(?:have\s|just\s|also\s)?(?:took|made|saved|snapped|shot|have|got|keep)\s(?P<id>(?:a|the|some|this)\s{_PICTURE}\sof\s(?:him|her|them|his|their|my)\b)",
    ),
    # What stands "in the picture", and no more is said of it, may be in a drawing, or be a matter's whole.
    rule(
        PHOTO,
        rf"\b(?!in\sthe\s(?:pictures?|images?)[\s.?!]{{0,4}}$)(?:look\sat|see|from|by|in|check|view|open|analy[sz]e|describe|rate)\s(?P<id>(?:this|the|these|my|her|his)\s{_PICTURE})\b(?=,|\s(?:of|i|that|below|here|from|if|whether|how|what|and)\b|[\s.?!]{{0,4}}$)",
    ),
    rule(
        PHOTO,
        rf"\b(?P<id>{_PICTURE})\b[^.?!\n]{{0,40}}\b(?:her|his|their|the|whose)\sface\sis\s(?:visible|shown|clear|recogni[sz]able)",
    ),
    rule(
        PHOTO,
        r"\b(?:attach(?:ed|ing)?|enclos(?:e|ing)|here(?:'?s|\sis|\sare)|upload(?:ed|ing)?|enclosed|sending(?:\syou)?|"
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
        r"\b(?:attach(?:ed|ing)?|here(?:'?s|\sis|\sare)|upload(?:ed|ing)?|enclos(?:e|ed|ing)|sending)\b[^.?!\n]{0,12}?"
        r"\b(?:her|his|their|patient's|client's|pt's)\s(?:[a-z]{2,12}\s){0,2}"
        r"(?P<id>photo(?:graph)?s?|pic(?:ture|s|tures)?|selfies?|headshots?|mug\s?shots?|portraits?)\b",
    ),
    rule(PHOTO, r"\bdata:image/[a-z]{2,5};base64,[\w+/=]{8,200}"),
)
