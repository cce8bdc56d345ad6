"""Templates hold nothing that is not used: imports, parameters of macros, macros."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[2] / "templates"
PARSED = {
    path.relative_to(ROOT).as_posix(): Environment(
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True
    ).parse(path.read_text())
    for path in sorted([*ROOT.rglob("*.html"), *ROOT.rglob("*.txt")])
}


def used(node: nodes.Node) -> set[str]:
    return {it.name for it in node.find_all(nodes.Name) if it.ctx == "load"}


def macros() -> Iterator[tuple[str, nodes.Macro]]:
    for name, template in PARSED.items():
        for macro in template.find_all(nodes.Macro):
            yield name, macro


def test_every_name_that_is_imported_is_used() -> None:
    idle = []
    for name, template in PARSED.items():
        imported = {it.target for it in template.find_all(nodes.Import)}
        for it in template.find_all(nodes.FromImport):
            imported |= {one if isinstance(one, str) else one[1] for one in it.names}
        idle += [f"{name}: {one}" for one in sorted(imported - used(template))]
    assert idle == []


def test_every_parameter_of_a_macro_is_used() -> None:
    idle = [
        f"{name}: {macro.name}({argument.name})"
        for name, macro in macros()
        for argument in macro.args
        if argument.name not in used(macro)
    ]
    assert idle == []


def test_every_macro_is_used() -> None:
    wanted: set[tuple[str, str]] = set()
    for name, template in PARSED.items():
        wanted |= {(name, it) for it in used(template)}
        for it in template.find_all(nodes.FromImport):
            assert isinstance(it.template, nodes.Const)
            wanted |= {
                (it.template.value, one if isinstance(one, str) else one[0]) for one in it.names
            }
        for module in template.find_all(nodes.Import):
            assert isinstance(module.template, nodes.Const)
            wanted |= {
                (module.template.value, it.attr)
                for it in template.find_all(nodes.Getattr)
                if isinstance(it.node, nodes.Name) and it.node.name == module.target
            }
    idle = [f"{name}: {it.name}" for name, it in macros() if (name, it.name) not in wanted]
    assert idle == []
