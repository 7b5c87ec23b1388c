"""The rules, pure: no file, clock, network or chance in here."""
