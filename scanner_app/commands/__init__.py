"""The verbs of ``scanner``, a module each: ``add(parsers)`` declares its options, ``run(call)`` does it."""
