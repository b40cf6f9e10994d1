"""The page's own words, in each language of the interface; the articles always stay in theirs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

BANNER = "LLM-generated — verify before clinical use"  # the articles' own warning: never translated away
TIERS = ("T1", "T2", "T3")  # strongest first

# By role; in the language of the articles, which answer each of them.
EXAMPLES = {
    "clinicians": (
        "Is IPT used in bipolar disorder?",
        "What is a measurable objective for social isolation?",
        "Does maintenance IPT lower the risk of relapse?",
    ),
    "supervisors": (
        "Is IPT just supportive counseling?",
        "Which problem area is hardest to treat?",
        "What does the interpersonal inventory cover?",
    ),
    "trainees": (
        "What happens in the initial phase?",
        "What are the four interpersonal problem areas?",
        "What is communication analysis?",
    ),
}


@dataclass(frozen=True, slots=True)
class PageText:
    """Every fixed sentence of the page in one language; `{…}` are filled in by the module that shows it."""

    language: str
    banner: str
    vouched: dict[str, str]  # by provenance
    tiers: dict[str, str]  # by tier, "" where an article names none
    best_tier: str
    kinds: dict[str, str]  # label above a quote that is no plain paragraph, by kind
    also_covered: str
    sources: str
    all_sources: str
    source_number: str
    no_sources: str
    opens_elsewhere: str
    context: str
    cited_here: str
    open_article: str
    not_in_articles: str
    reasons: dict[str, str]
    nearest: str
    open_section: str
    answered_status: str
    not_in_articles_status: str
    refused_status: str
    one_passage: str
    passages: str
    one_source: str
    several_sources: str
    question: str
    understood: str
    part: str
    another_article: str
    see_cautions: str
    sections: str
    about: dict[str, str]  # labels of the front matter shown, by its key
    show: str
    unknown_article: str
    matched_words: str
    facets: dict[str, str]
    nothing_in_facet: str
    failed: str
    filters: dict[str, str]  # how an active filter is named, by its name
    filtered: str
    filtered_out: str
    widen: str
    verdicts: dict[str, str]  # on a checked quote
    changes: dict[str, str]  # kinds of change between a quote and what is printed
    check: dict[str, str]
    feedback: dict[str, str]
    page: dict[str, str]  # what stands on the page before any answer, by the place it stands in
    roles: dict[str, str]

    def changed(self, kind: str, said: str, printed: str) -> str:
        """Return one change of a quote as a sentence; what was left out or added is not set against nothing."""
        how = "added" if not printed else "left_out" if not said else "change"
        # Compared words have spaces before their commas and full stops.
        said, printed = (re.sub(r" (?=[,.;:!?)])", "", words) for words in (said, printed))
        return self.check[how].format(kind=self.changes[kind], said=said, printed=printed)

    def no_answer(self, reason: str, widen: Sequence[str] = ()) -> tuple[str, str]:
        """Return what is said where there are no quotes, and why: a reason, or the filters to widen."""
        if reason == "filtered":
            return self.filtered_out, self.widen.format(filters=", ".join(self.filters[name] for name in widen))
        return self.not_in_articles, self.reasons[reason]


ENGLISH = PageText(
    language="en",
    banner=BANNER,
    vouched={
        "sourced": "Sourced",
        "LLM": "LLM wording, no source of its own",
        "mixed": "Sourced and LLM-worded",
        "unmarked": "Unmarked: the article names no source for this",
    },
    tiers={
        "T1": "strongest: research and evidence reviews",
        "T2": "established: manuals and expert bodies",
        "T3": "introductory: videos and consumer pages",
        "": "the article names no tier",
    },
    best_tier="best source {tier}, {meaning}",
    kinds={
        "paragraph": "",
        "item": "",
        "definition": "Definition",
        "row": "Table row",
        "question": "Supervision question",
        "vignette": "Illustrative example, not a finding or a guideline",
        "source": "From the article’s source list",
    },
    also_covered="also covered by",
    sources="Sources of this answer",
    all_sources="Sources",
    source_number="source {number}",
    no_sources="These passages carry no source number.",
    opens_elsewhere="opens another site",
    context="Context",
    cited_here="Also cited here",
    open_article="Open article",
    not_in_articles="The articles do not answer this.",
    reasons={
        "": "",
        "nothing_close": "No passage comes close to the question.",
        "fact_missing": "They touch on the subject, but no passage is close enough to be quoted as an answer.",
        "too_vague": "The question fits too many passages; name the disorder, phase, technique or term you mean.",
        "phi": "",
    },
    nearest="Nearest sections",
    open_section="Open the section {section} of {title}",
    answered_status="Answer {turn}: {passages}, {sources}.",
    not_in_articles_status="Answer {turn}: the articles do not answer this.",
    refused_status="The message was refused and removed.",
    one_passage="1 passage",
    passages="{count} passages",
    one_source="1 source",
    several_sources="{count} sources",
    question="Question {turn}",
    understood="Understood as: {question}",
    part="Asked: {question}",
    another_article="Another article says",
    see_cautions="This article's cautions",
    sections="Sections",
    about={
        "kind": "Kind",
        "version": "Version",
        "date": "Date",
        "licence": "Licence",
        "provenance": "Provenance",
        "origin": "Based on",
    },
    show="Show",
    unknown_article="This article is not in the index any more. Reload the page.",
    matched_words="Underlined words met your question.",
    facets={
        "indications": "Indications",
        "cautions": "Cautions",
        "phases": "Phases",
        "techniques": "Techniques",
        "evidence": "Evidence",
        "terms": "Key terms",
        "misconceptions": "Misconceptions",
        "plan": "Treatment plan",
        "questions": "Supervision questions",
        "examples": "Illustrative examples",
    },
    nothing_in_facet="The articles have no such passage.",
    failed="Something went wrong here and the question was not answered. Nothing of it was kept. Try again.",
    filters={"articles": "articles", "tiers": "tiers", "sourced": "only with a source number"},
    filtered="Filtered",
    filtered_out="The articles answer this, but not within your filters.",
    widen="Widen: {filters}.",
    verdicts={
        "exact": "Exact: these words stand in the article.",
        "changed": "Changed: the article says it otherwise.",
        "misattributed": "Misattributed: the words stand there, but with other sources.",
        "absent": "Absent: no passage of the articles has these words.",
    },
    changes={
        "digit": "Number",
        "negation": "Negation",
        "hedge": "Degree of certainty",
        "word": "Word",
        "punctuation": "Punctuation",
    },
    check={
        "change": "{kind}: said “{said}”, printed “{printed}”",
        "left_out": "{kind} left out: “{printed}”",
        "added": "{kind} added: “{said}”",
        "said": "Sources said: {sources}",
        "sources": "Sources printed: {sources}",
        "none": "none",
        "printed": "As printed",
        "nearest": "Nearest in the articles",
        "nothing_near": "Nothing in the articles comes near it.",
    },
    feedback={
        "group": "Feedback on this answer",
        "useful": "Useful",
        "not_useful": "Not useful",
        "wrong_citation": "Wrong citation",
        "revision": "Suggest a revision",
        "text": "What the article should say",
        "source": "Source (required)",
        "note": "No patient details. The text is read by the guard, then kept on this machine for the operator.",
        "send": "Send",
        "keeps": "Your question is kept with it, once the guard has read it.",
        "noted": "Noted, without your question. Thank you.",
        "noted_question": "Noted, with your question. Thank you.",
        "failed": "The feedback was not kept. Try again later.",
    },
    page={
        "title": "Interpersonal Psychotherapy",
        "subtitle": "The articles’ own words, with their sources",
        "skip": "Skip to the question",
        "reading": "Reading the articles…",
        "ready": "Ready",
        "stopped": "The program has stopped. See the terminal where it was started.",
        "ask": "Ask",
        "read": "Read",
        "explore": "Explore",
        "check": "Check a quote",
        "quote": "The sentence to check",
        "quote-note": "Paste a sentence, with its numbers if it has any. No patient details: they are refused unread.",
        "quote-placeholder": "IPT is delivered in three phases. [4]",
        "check-quote": "Check",
        "checking": "Comparing with the articles…",
        "filters": "Filters",
        "filters-on": "{count} on",
        "only-articles": "Only these articles",
        "only-tiers": "Only passages with a source of tier",
        "only-sourced": "Only sentences that carry a source number",
        "unfilter": "Clear filters",
        "question": "Your question",
        "phi": "No patient details: a question that seems to hold any is refused unread, and nothing of it is kept.",
        "placeholder": "Ask about Interpersonal Psychotherapy",
        "searching": "Searching the articles…",
        "waiting": "The articles are still being read. Your question waits and will be answered.",
        "answers": "Answers, newest first",
        "new": "New conversation",
        "copy": "Copy",
        "copied": "Copied.",
        "markdown": "Markdown",
        "json": "JSON",
        "html": "HTML",
        "print": "Print",
        "export": "Take away",
        "examples": "Questions to begin with",
        "cleared": "The conversation is cleared.",
        "lists": "Lists of passages",
        "search": "Search these passages",
        "shown": "Shown: {count}",
        "none-shown": "No passage of this list has these words.",
        "back": "Back to where you were",
        "busy": "Too many questions at once. Wait a moment, then try again.",
        "too-long": "This is too long to be read here. Shorten it, then try again.",
        "about": "Every answer is quoted word for word from the articles, with the source numbers that they give. "
        "Nothing is composed, nothing leaves this machine, and reloading the page forgets the conversation.",
        "about-kept": "Every answer is quoted word for word from the articles, with the source numbers that they give. "
        "Nothing is composed, nothing leaves this machine, and this tab keeps the conversation until it is closed.",
    },
    roles={"clinicians": "For clinicians", "supervisors": "For supervisors", "trainees": "For trainees"},
)

SPANISH = PageText(
    language="es",
    banner=BANNER,
    vouched={
        "sourced": "Con fuente",
        "LLM": "Redacción de un modelo de lenguaje, sin fuente propia",
        "mixed": "Con fuente y redactado por un modelo de lenguaje",
        "unmarked": "Sin marca: el artículo no da fuente para esto",
    },
    tiers={
        "T1": "la más sólida: investigación y revisiones de la evidencia",
        "T2": "establecida: manuales y organismos expertos",
        "T3": "introductoria: vídeos y páginas para el público",
        "": "el artículo no indica el nivel",
    },
    best_tier="mejor fuente {tier}, {meaning}",
    kinds={
        "paragraph": "",
        "item": "",
        "definition": "Término clave",
        "row": "Fila de una tabla",
        "question": "Pregunta de supervisión",
        "vignette": "Ejemplo ilustrativo, no un resultado ni una guía",
        "source": "De la lista de fuentes del artículo",
    },
    also_covered="también respaldado por",
    sources="Fuentes de esta respuesta",
    all_sources="Fuentes",
    source_number="fuente {number}",
    no_sources="Estos pasajes no llevan número de fuente.",
    opens_elsewhere="abre otro sitio",
    context="Contexto",
    cited_here="También citado aquí",
    open_article="Abrir el artículo",
    not_in_articles="Los artículos no responden a esto.",
    reasons={
        "": "",
        "nothing_close": "Ningún pasaje se acerca a la pregunta.",
        "fact_missing": "Tratan el tema, pero ningún pasaje se acerca lo bastante para citarlo como respuesta.",
        "too_vague": "La pregunta encaja con demasiados pasajes; nombre el trastorno, la fase o la técnica.",
        "phi": "",
    },
    nearest="Secciones más próximas",
    open_section="Abrir la sección {section} de {title}",
    answered_status="Respuesta {turn}: {passages}, {sources}.",
    not_in_articles_status="Respuesta {turn}: los artículos no responden a esto.",
    refused_status="El mensaje fue rechazado y eliminado.",
    one_passage="1 pasaje",
    passages="{count} pasajes",
    one_source="1 fuente",
    several_sources="{count} fuentes",
    question="Pregunta {turn}",
    understood="Entendida como: {question}",
    part="Pregunta: {question}",
    another_article="Otro artículo dice",
    see_cautions="Las precauciones de este artículo",
    sections="Secciones",
    about={
        "kind": "Tipo",
        "version": "Versión",
        "date": "Fecha",
        "licence": "Licencia",
        "provenance": "Procedencia",
        "origin": "Basado en",
    },
    show="Mostrar",
    unknown_article="Este artículo ya no está en el índice. Vuelva a cargar la página.",
    matched_words="Las palabras subrayadas coinciden con su pregunta.",
    facets={
        "indications": "Indicaciones",
        "cautions": "Precauciones",
        "phases": "Fases",
        "techniques": "Técnicas",
        "evidence": "Evidencia",
        "terms": "Términos clave",
        "misconceptions": "Ideas erróneas",
        "plan": "Plan de tratamiento",
        "questions": "Preguntas de supervisión",
        "examples": "Ejemplos ilustrativos",
    },
    nothing_in_facet="Los artículos no tienen ningún pasaje así.",
    failed="Algo falló y la pregunta no se respondió. No se guardó nada de ella. Inténtelo de nuevo.",
    filters={"articles": "artículos", "tiers": "niveles", "sourced": "solo con número de fuente"},
    filtered="Filtrado",
    filtered_out="Los artículos responden a esto, pero no dentro de sus filtros.",
    widen="Amplíe: {filters}.",
    verdicts={
        "exact": "Exacta: estas palabras están en el artículo.",
        "changed": "Cambiada: el artículo lo dice de otro modo.",
        "misattributed": "Mal atribuida: las palabras están ahí, pero con otras fuentes.",
        "absent": "Ausente: ningún pasaje de los artículos tiene estas palabras.",
    },
    changes={
        "digit": "Número",
        "negation": "Negación",
        "hedge": "Grado de certeza",
        "word": "Palabra",
        "punctuation": "Puntuación",
    },
    check={
        "change": "{kind}: se dijo «{said}», está impreso «{printed}»",
        "left_out": "{kind}, se omitió: «{printed}»",
        "added": "{kind}, se añadió: «{said}»",
        "said": "Fuentes dichas: {sources}",
        "sources": "Fuentes impresas: {sources}",
        "none": "ninguna",
        "printed": "Como está impreso",
        "nearest": "Lo más próximo en los artículos",
        "nothing_near": "Nada en los artículos se le acerca.",
    },
    feedback={
        "group": "Opinión sobre esta respuesta",
        "useful": "Útil",
        "not_useful": "No útil",
        "wrong_citation": "Cita equivocada",
        "revision": "Proponer una revisión",
        "text": "Lo que debería decir el artículo",
        "source": "Fuente (obligatoria)",
        "note": "Sin datos de pacientes. El guardián lee el texto; luego queda en este equipo para el operador.",
        "send": "Enviar",
        "keeps": "Su pregunta se guarda con ella, una vez leída por el guardián.",
        "noted": "Anotado, sin su pregunta. Gracias.",
        "noted_question": "Anotado, con su pregunta. Gracias.",
        "failed": "La opinión no se guardó. Inténtelo más tarde.",
    },
    page={
        "title": "Psicoterapia Interpersonal",
        "subtitle": "Las palabras de los propios artículos, con sus fuentes",
        "skip": "Ir a la pregunta",
        "reading": "Leyendo los artículos…",
        "ready": "Listo",
        "stopped": "El programa se ha detenido. Mire la terminal donde se inició.",
        "ask": "Preguntar",
        "read": "Leer",
        "explore": "Explorar",
        "check": "Comprobar una cita",
        "quote": "La frase que comprobar",
        "quote-note": "Pegue una frase, con sus números si los tiene. Sin datos de pacientes: se rechazan sin leerlos.",
        "quote-placeholder": "IPT is delivered in three phases. [4]",
        "check-quote": "Comprobar",
        "checking": "Comparando con los artículos…",
        "filters": "Filtros",
        "filters-on": "{count} activos",
        "only-articles": "Solo estos artículos",
        "only-tiers": "Solo pasajes con una fuente de nivel",
        "only-sourced": "Solo frases que llevan número de fuente",
        "unfilter": "Quitar los filtros",
        "question": "Su pregunta",
        "phi": "Sin datos de pacientes: una pregunta que parezca tenerlos se rechaza sin leerla y no se guarda.",
        "placeholder": "Pregunte, en inglés, sobre la psicoterapia interpersonal",
        "searching": "Buscando en los artículos…",
        "waiting": "Los artículos aún se están leyendo. Su pregunta espera y será respondida.",
        "answers": "Respuestas, la más reciente primero",
        "new": "Nueva conversación",
        "copy": "Copiar",
        "copied": "Copiado.",
        "markdown": "Markdown",
        "json": "JSON",
        "html": "HTML",
        "print": "Imprimir",
        "export": "Llevarse",
        "examples": "Preguntas para empezar",
        "cleared": "La conversación está vacía.",
        "lists": "Listas de pasajes",
        "search": "Buscar en estos pasajes",
        "shown": "A la vista: {count}",
        "none-shown": "Ningún pasaje de esta lista tiene estas palabras.",
        "back": "Volver a donde estaba",
        "busy": "Demasiadas preguntas a la vez. Espere un momento e inténtelo de nuevo.",
        "too-long": "Es demasiado largo para leerlo aquí. Acórtelo e inténtelo de nuevo.",
        "about": "Cada respuesta cita los artículos palabra por palabra, con los números de fuente que ellos dan. "
        "No se redacta nada, nada sale de este equipo, y al recargar la página se olvida la conversación.",
        "about-kept": "Cada respuesta cita los artículos palabra por palabra, con los números de fuente que ellos dan. "
        "No se redacta nada, nada sale de este equipo, y esta pestaña guarda la conversación hasta que se cierre.",
    },
    roles={"clinicians": "Para clínicos", "supervisors": "Para supervisores", "trainees": "Para residentes"},
)

LANGUAGES = {text.language: text for text in (ENGLISH, SPANISH)}


def in_language(code: str) -> PageText:
    """Return the words for a language code such as "es-MX"; English where we have none."""
    return LANGUAGES.get(code.split("-")[0].lower(), ENGLISH)
