"""Tasks with prompts, each a pure state machine: ``initial(context)`` and ``advance(state, input, view)``."""
