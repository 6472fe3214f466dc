"""What a password is hashed with."""

from importlib.util import find_spec, module_from_spec

from argon2 import extract_parameters


def test_a_stolen_table_of_passwords_costs_its_thief_much() -> None:
    spec = find_spec("assistant.api.password_hashing")
    assert spec is not None
    assert spec.loader is not None
    as_shipped = module_from_spec(spec)  # not as the other tests have it
    spec.loader.exec_module(as_shipped)
    found = extract_parameters(as_shipped.hash_password("correct horse battery"))
    # RFC 9106, the second recommended option.
    assert (found.type.name, found.time_cost >= 3, found.memory_cost >= 65_536) == ("ID", True, True)
