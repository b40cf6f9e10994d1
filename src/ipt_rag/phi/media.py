"""Prints, voices, faces and pictures of a person: their records and files, and talk of showing one here."""

import re

from ipt_rag.phi.kinds import BIOMETRIC, PHOTO
from ipt_rag.phi.labels import labelled
from ipt_rag.phi.rules import Rule, rule

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
)
