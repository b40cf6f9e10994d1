"""Serve the question page on this machine: `python app.py`, or `python app.py --help` for its options.

The environment switches that keep Gradio from calling home are set where they work: above its import, in `ipt_rag.ui`.
"""

from ipt_rag.serve import main

if __name__ == "__main__":
    main()
