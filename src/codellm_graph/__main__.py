"""``python -m codellm_graph``."""

from codellm_graph.cli import run

if __name__ == "__main__":
    run()
