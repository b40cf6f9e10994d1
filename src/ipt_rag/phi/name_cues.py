"""What tells a name from other words: roles, titles, announcements, and the talk about authors' work."""

import re

TOKEN = re.compile(r"[^\W\d_](?:[^\W\d_]|['-](?=[^\W\d_])){0,40}")
PARTICLES = frozenset(
    "de da do dos das del della di du la le van von der den ter ten al el bin ibn bint ben abu st san mac mc o'".split()
)
# Words that look like names in our lists but, in lower case behind a role, are the next word of the sentence.
NEVER = frozenset(
    "a among about after again age aged ago alike all almost alone already also although always am an "
    "and another any are arm as ask asked asks at away back bad be because been "
    "before being best better between big both but by call can cannot care case cases center "
    "chart come complain could data day days dead did die died dies does done down due each "
    "early else end ends even ever "
    "every few file files first for former from full gave get gets give go goes going gone good "
    "got great group groups had half happy has hasnt hate have having he help helps her here hers"
    " him his hit home how "
    "however i ideal if in into is isn it its just keep kept know known last late later least "
    "leave left less like likes live lives long look lost love low made main make many mark may "
    "me mean might mine mine more most "
    "move moved much must my name named need needs never new next nice no none nor not note notes"
    " now of off often old on once one only onto open or other our out over own part past phone "
    "plan please poor post pre "
    "quite rate ready real record records rest right role safe said same saw say says see seen s"
    "ees self sent set she shes short should show shows sick since single so some soon still s"
    "top such sure take takes tell tells "
    "test than that the their them then there these they this those though through till time to "
    "told too took true try two type types under until up upon us use used very via view visit "
    "wait want wanted wants was way we well "
    "went were what when where which while who whom whose why wide will win wish with within won "
    "wont would year years yes yet you young younger your in-law ipt cbt id ok okay fine dear s"
    "ir madam doctor dr mr mrs ms "
    "babygirl babyboy baby infant male female boy girl hello hi thanks thank greetings good "
    "regards sincerely anonymous unknown unnamed redacted confidential available on-file care s"
    "afety portal population populations records satisfaction education handout handouts "
    "contract centered relationship alliance factors".split()
)
ROLE_WORDS = (
    r"pa?t(?:ie|ei)nts?'?s?|patents|pt'?s?|clients?'?s?|in-?patients?'?s?|out-?patients?'?s?|"
    r"customers?|employees?|resident|veteran|inmate|survivor|teen|adolescent|member|applicant|"
    r"(?:ex-?|late\s|step-?)?(?:wife|husband|son|daughter|sister|brother|mother|father|mom|mum|"
    r"dad|mommy|daddy|partner|boyfriend|girlfriend|fianc[eé]e?|spouse|aunt|uncle|cousin|niece|"
    r"nephew|"
    r"grandmother|grandfather|grandma|grandpa|grandson|granddaughter|stepmother|stepfather|"
    r"stepson|stepdaughter|baby|newborn|infant|child|kid|twin|friend|roommate|flatmate|boss|"
    r"manager|coworker|colleague|neighbou?r|teacher|caregiver|carer|guardian|landlord)"
    r"'?s?(?:-in-law)?|"
    r"(?:wo)?man|lady|girl|boy|guy|widow(?:er)?|(?:fe)?male|nurse|social\sworker|case\s?worker|"
    r"therapist|psychiatrist|counsel?lor|physician|gp|pcp|ex|(?:she|he|they)\s(?:has|have)"
    r"\sa\s(?:son|daughter)"
)
ROLE = re.compile(
    rf"(?<![\w-])(?:{ROLE_WORDS})(?:\sof\s(?:mine|ours|hers|his))?(?:\s?[,:(=-]\s?|\s)(?:(?:is|was|"
    rf"named|called|name|aka|pt|patient|client|initials|by\sname|known\sas|dr\.?)\W{{1,3}})"
    rf"{{0,3}}[\"'(]?",
    re.IGNORECASE,
)
SAID = re.compile(
    r"(?<!\w)(?:(?:full|first|last|given|family|legal|maiden|real|pt|patient|client|her|his|their|"
    r"my|the|sur)[_\s']{0,2}s?\s?(?:full\s|first\s|last\s|real\s|given\s)?name\W{0,3}(?:is|was|:|"
    r"=|\?)|name\s?[:=]|"
    r"(?:sur|last\s|family\s|maiden\s)name(?=\s\w{3})|"
    r"named(?:\s(?:him|her|it|them|the\sbaby))?|called|goes\s(?:now\s)?by|known\sas|a\.?k\.?a\.?|"
    r"nick-?named|(?:we|they|everyone|people|friends|i)(?:'ll)?\scall\s(?:him|her|them|it)|i\sam|"
    r"i'm|this\sis|it's|"
    r"patient|pt|client|re|contact|cc|attn|attention|signed|sincerely|regards|dear|from|to|"
    r"prescriber|provider|similar\sto|cases?\s(?:similar\sto|like|of|as)|(?:patients?|cases?|"
    r"someone|people|(?:wo)?men|guys?|girls?|boys?|clients?|pts?)\slike|notes\s(?:of|for|on)|records\s(?:of|for)|(?:seen|referred|"
    r"reviewed|treated|evaluated|operated|diagnosed)\s(?:with\s|by\s)|under|specifically\sfor|"
    r"belong(?:s|ing)?\sto|for|with|about|of|and|vs|by|from|had\sgiven)"
    r"(?:\s?[:=-]\s?|\s{1,2})[\"'(*]?",
    re.IGNORECASE,
)
# The cues of `SAID` that announce a name, so that any word fit to be one counts; the others need more.
ANNOUNCES = re.compile(
    r"name|called|goes|known|aka|a\.k\.a|call|^(?:patient|pt|client|re|contact|attn|signed|dear)\s?[:=-]", re.IGNORECASE
)
PERSON = re.compile(
    rf"\b(?:{ROLE_WORDS}|he|she|they|her|him|his|i|who|someone|person|year-old|y/?o|\d\d[mf]?)\b", re.IGNORECASE
)
TITLE = re.compile(
    r"(?<![\w-])(?P<title>mr|mrs|miss|mx|dr|doctor|prof|professor|rev|sra?|señora?|herr|frau|mme|"
    r"monsieur|madame|sister|brother|pastor|rabbi|imam|judge|officer|sgt|capt|lt|nurse|uncle|"
    r"aunt(?:ie|y)?|(?-i:M[sS])|ms)"
    r"\b\.?\s{1,2}",
    re.IGNORECASE,
)
ACADEMIC_TITLE = frozenset({"dr", "doctor", "prof", "professor"})
PROFESSOR = re.compile(r"\bprof(?:essor|\.)?\s$", re.IGNORECASE)
SPEAKS = re.compile(
    r"\s(?:is|was|has|had|says|said|wants|wanted|feels|felt|told|asks|asked|keeps|cries|lost|"
    r"refuses|reports|reported|came|comes|lives|lived|moved|scored|scores|started|stopped|died|"
    r"gave|dropped|attends|attended|denies|takes|took|needs|hates|misses|avoids|struggles|got|"
    r"won't|doesn't|didn't|can't|isn't|wont|doesnt|isnt|went|left|broke|cut|hit|met|brought|bought|"
    r"thinks|thought|knows|knew|loves|loved|sleeps|slept|eats|ate|drinks|drank|calls|writes|sent|sits|"
    r"sat|talks|seems|looks|wakes|woke|walks|works|goes|back|again|[a-z]{3,12}ed)\b"
)
WORK = re.compile(
    r"\b(?:et\sal|theory|theories|theorist|book|books|chapter|paper|papers|article|articles|wrote|"
    r"written|writes|author|authors|authored|published|invented|founded|founder|founders|"
    r"prospero|crd\d{1,20}|nejm|jama|lancet|bmj|coined|pioneer\w{0,20}|researchers?|who\s(?:is|was|are|were)|works?\sof|ideas|concept|"
    r"according\sto|comments|influence\w{0,20}|biography|school\sof|cited|cites|cite|meta-analysis)\b",
    re.IGNORECASE,
)
# Right before a name: what one does with a person whom one treats.
MET = re.compile(
    r"\b(?:with|for|about|saw|sees?|seeing|told|tell|asked|ask|had|met|meet|re|like|help|helping|treat|hug|hugged|let|make|"
    r"give|gave|keep|suits?|fits?|discharge|invite|call|called|phone|phoned|thank|of)\s$",
    re.IGNORECASE,
)
CITED = re.compile(
    r"(?:'s)?(?:[\s,(]{0,3}(?:et\sal|and\scolleagues|&|(?:19|20)\d\d)|"
    r"(?:(?:,\s|\s)(?:&\s|and\s)?[^\W\d_][\w'-]{2,20}){1,5},?\s\(?(?:19|20)\d\d\b(?!\s?[-/]\d))",
    re.IGNORECASE,
)
TREATED = re.compile(r"\b(?:session\s(?:with|w/)|told|asked|hugged|seeing|saw|treating|had)\s$", re.IGNORECASE)
# St. John's wort, St. Mary's Hospital, Sao Paulo
SAINT = re.compile(r"\b(?:st|saint|sao|san|santa|santo)\.?\s$", re.IGNORECASE)
# Around one name: "did … study", "…'s model", "… argued".
DID = re.compile(r"\b(?:did|does|do|has|have|was|is)\s(?:\w{1,12}\sand\s)?$", re.IGNORECASE)
STUDIED = re.compile(
    r"(?:'s?)?[^.?!]{0,24}\b(?:stud(?:y|ied|ies)|write|written|find|found|argued?|describe[sd]?|"
    r"contribut\w{1,30}|propose[sd]?|develop(?:ed)?|think|publish(?:ed)?|report(?:ed)?|conclude[sd]?|"
    r"involved|trial|model|scale|"
    r"approach|view|inventory|index|review|interview|work|research|test)\b",
    re.IGNORECASE,
)
# Behind a name: what a patient has, and an author has not unless the lists of people and eponyms know it.
CHARTED = re.compile(
    r"'s\s(?:[a-z-]{2,15}\s){0,2}(?:inventory|scores?|scale|index|interview|phq\S{0,3}|gad\S{0,3}|bdi|epds|timeline|"
    r"formulation|test\sresults?)\b",
    re.IGNORECASE,
)
DIAGNOSED = re.compile(
    r"\s(?:with|w/)\s(?:\w{1,12}\s)?(?:ppd|pnd|mdd|bpd|ptsd|gad|ocd|depress\w{0,4}|grief|anxiety|panic|bulimia|anorexia|bipolar|"
    r"dysthymia|insomnia|postpartum|role)\b",
    re.IGNORECASE,
)
REFERENCE = re.compile(r",?\s[A-Z]{1,3}(?:\.|\s[A-Z(]|,|$)|,?\s&\s|\.?\s\(\d{4}")  # "Daniel, S. (2011)"
CASE = re.compile(
    
r"\b(?:patients?|pts?|clients?|pateint|my|seen|admitted|admission|mrn|year-old|y/?o|yo|"
r"yrs?\sold|years?\sold|session\s\d{1,20}\swith|diagnosed\swith|\d\d\s?(?:[mf]|yom|yof)|male|"
r"female|hx|dx|(?:first|last|next|second)\ssession|sessions\sleft|session\s(?:with|w/)|treating|supervis\w{1,5}|her\s(?:husband|wife|son)|phq-?9|epds|referred|discharged|treated\sat|"

    r"email|phone|dob|ssn|lives|wife|husband|daughter|son|mother|father|sister|brother)\b", re.IGNORECASE
)  # fmt: skip
# Between two names of a list, and an age right behind a name.
JOINS = re.compile(r"\s?[,;/&+]\s?(?:and\s|&\s)?|\s(?:and|&)\s")
AGED = re.compile(r"\s?[,(]\s?(?:aged?\s)?[1-9]\d(?:\s?[,;)?]|\.?$|\.\s|\s?(?:[mf]|y/?o|yrs?|years)\b)", re.IGNORECASE)
AGE_BEFORE = re.compile(
    r"(?<!\d)[1-9]\d\s?(?:y/?o|yrs?|years?|[mf])?(?:\s?-?\s?old)?\s?(?:[mf]|male|female|wo?man|man|girl|boy)?\s?,\s?$",
    re.IGNORECASE,
)
ASKS = re.compile(r"(?:^|[.?!,]\s)(?:Is|Does|Should|Can|Could|Will|Would|Has|How\sdo(?:es)?|Why\sdoes|Why\sis)\s")
POSSESSED = re.compile(r"\b(?:my|her|his|their|our|a|the)\s$", re.IGNORECASE)
PRONOUN = re.compile(r"\b(?:he|she|him|her|his|hers|s/he|case|client|session|today)\b", re.IGNORECASE)
# Letters beyond Latin right behind a role or "name": a name left in its own script.
OTHER_SCRIPT = re.compile(
    r"\b(?:patients?|pts?|clients?|named|called|name(?:\sis)?|mr|mrs|ms|dr)\b[\s.:,(\"']{1,3}"
    r"(?P<id>[^\W\d_\u0000-\u024f]{1,12}(?:[ .\u30fb][^\W\d_\u0000-\u024f]{1,12}){0,2})",
    re.IGNORECASE,
)
# "swartz hl, grote nk, graham p": authors as reference lists print them.
AUTHORS = re.compile(
    r"(?:\b[^\W\d_][\w'-]{2,20}\s(?!a[smt]|be|by|do|dr|go|he|i[fnst]|me|m[ry]|no|o[fnkr]|pt|so|to|u[ps]|we|i\b|an?\b)[a-z]{1,2}"
    r"(?:,\s|\.\s?|\s&\s|\sand\s)){2}",
    re.IGNORECASE,
)
INITIALS = re.compile(
    r"\binitials\s?(?:are|is|:|=)?\s{1,2}(?!phi|ipt|or|of|in|on|to|ok|as|a\b)(?P<id>[a-z](?:[.\s-]{0,2}[a-z]){1,2}\.?)(?!\w)",
    re.IGNORECASE,
)
DISEASE = re.compile(
    r"(?:'s)?(?:[\s-][a-z]{4,14}){0,2}?\s(?:syndrome|disease|disorder|reflex|sign|score|scores|"
    r"criteria|test|scale|palsy|lymphoma|sarcoma|tumou?r|anaemia|anemia|phenomenon|dystrophy|"
    r"ataxia|contracture|fracture|cells?|body|bodies|risk|index|study|trial|classification|stage|"
    r"procedure|"
    r"manoeuvre|maneuver|operation|effect|method|thyroiditis|chorea|hospital|clinic|university|"
    r"institute|foundation|college|school|street|law|model|questionnaire|inventory|interview|"
    r"[a-z]{3,12}(?:pathy|itis|osis|oma|emia|plasia|trophy|plegia)|sequence|anomaly|deformity|malformation|virus|fever|encephalopathy|virus)",
    re.IGNORECASE,
)
