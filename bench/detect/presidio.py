"""Scans each line of a JSONL of strings with Presidio's patterns, on a blank spaCy pipeline, and says what it took."""

import json
import sys
import time

import spacy
import tldextract
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import SpacyNlpEngine


class Blank(SpacyNlpEngine):
    """Words without a model, so that nothing is downloaded and only patterns find something."""

    def __init__(self):
        super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
        self.nlp = {"en": spacy.blank("en")}

    def load(self):
        pass


# It comes with a list of suffixes, and would ask the network for a newer one at each text.
tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())


def main():
    engine = Blank()
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(nlp_engine=engine, languages=["en"])
    registry.remove_recognizer("SpacyRecognizer")
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])
    texts = [json.loads(line) for line in sys.stdin]
    analyzer.analyze(texts[0], language="en")
    each = []
    for text in texts:
        start = time.thread_time()
        analyzer.analyze(text, language="en")
        each.append(time.thread_time() - start)
    took, size = sum(each), sum(len(text.encode()) for text in texts)
    each.sort()
    print(json.dumps({
        "mb_per_s": size / took / 1e6,
        "per_s": len(texts) / took,
        "p50_us": each[len(each) // 2] * 1e6,
        "p99_us": each[int(len(each) * 0.99)] * 1e6,
    }))


main()
