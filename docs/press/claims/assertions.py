"""Does a cell assert anything that is certain to be checked when the cell runs?

Printing is no evidence. An assertion counts where the cell cannot pass it by: at the top level, inside a ``with`` block, or
in a loop over a literal, or a range of literals, that is not empty. One in a function that nobody calls, or behind an
``if``, does not.
"""

import ast

CHECKING_CALLS = ("assert_close", "assert_equal")
CHECKING_CONTEXTS = ("raises",)
SWALLOWING_CONTEXTS = ("suppress",)


def count_assertions(source: str) -> int:
    """Count the assertions that are certain to run; none in what is not plain Python."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return 0
    properties = {one.name for one in body if isinstance(one, ast.FunctionDef) and any(map(_is_property, one.decorator_list))}
    return sum(_count(statement) or (_called_statement(statement) in properties) for statement in body)


def _called_statement(statement: ast.stmt) -> str:
    return _called(statement.value) if isinstance(statement, ast.Expr) else ""


def enumerates(source: str) -> bool:
    """Say whether an assertion goes through cases: in a loop, over a whole collection, or as a property of Hypothesis."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return False
    for node in ast.walk(tree):
        match node:
            case ast.For(body=body) if any(_checks(inner) for statement in body for inner in ast.walk(statement)):
                return True
            case ast.Assert(test=test) if any(_goes_through(inner) for inner in ast.walk(test)):
                return True
            case ast.FunctionDef(decorator_list=decorators) if any(map(_is_property, decorators)):
                return True
    return False


def _checks(node: ast.AST) -> bool:
    return isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and _called(node) in (*CHECKING_CALLS, *CHECKING_CONTEXTS))


def _goes_through(node: ast.AST) -> bool:
    return isinstance(node, ast.comprehension) or (isinstance(node, ast.Call) and _called(node) in ("all", "any", "map"))


def _is_property(decorator: ast.expr) -> bool:
    return _called(decorator) == "given"


def _count(statement: ast.stmt) -> int:
    match statement:
        case ast.Assert(test=test):
            return int(not _is_always_true(test))
        case ast.Expr(value=ast.Call() as call):
            return int(_called(call) in CHECKING_CALLS)
        case ast.With(items=items, body=body):
            if any(_called(item.context_expr) in SWALLOWING_CONTEXTS for item in items):
                return 0
            checks = sum(_called(item.context_expr) in CHECKING_CONTEXTS for item in items)
            # What follows the line that raises does not run, so a body under a check adds nothing.
            return checks if checks else sum(_count(inner) for inner in body)
        case ast.For(iter=iterated, body=body) if _is_full_literal(iterated):
            return sum(_count(inner) for inner in body)
    return 0


def _called(expression: ast.expr) -> str:
    match expression:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name
    return ""


def _is_always_true(test: ast.expr) -> bool:
    return isinstance(test, ast.Constant) or (isinstance(test, ast.Tuple) and bool(test.elts))


def _is_full_literal(iterated: ast.expr) -> bool:
    match iterated:
        case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
            return bool(elements)
        case ast.Call(func=ast.Attribute(value=ast.Dict(keys=keys), attr="items")):
            return bool(keys)
        case ast.Call(func=ast.Name(id="range"), args=bounds, keywords=[]) if 1 <= len(bounds) <= 2:
            literals = [bound.value for bound in bounds if isinstance(bound, ast.Constant) and isinstance(bound.value, int)]
            return len(literals) == len(bounds) and bool(range(*literals))
    return False
