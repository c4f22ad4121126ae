"""Names in code that lead to the page that documents them."""

from press.markup.linked_names import Use, uses_in_cells, with_links


def test_names_are_known_from_their_import_to_their_rebinding() -> None:
    cells = [
        "from transformer import padding_mask as pad, causal_mask\nfrom torch import nn",
        "é = pad(causal_mask(3))",
        "causal_mask = 2\npad",
        "causal_mask",
        "not python (",
    ]
    found = [[(use.line, use.column, use.name, use.full_name) for use in uses] for uses in uses_in_cells(cells)]
    pad, causal = "transformer.padding_mask", "transformer.causal_mask"
    assert found == [
        [(0, 24, "padding_mask", pad), (0, 45, "causal_mask", causal)],
        [(0, 4, "pad", pad), (0, 8, "causal_mask", causal)],
        [(1, 0, "pad", pad)],
        [],
        [],
    ]


def test_links_go_around_names_and_leave_the_rest() -> None:
    written = '<pre><span></span><span class="n">a</span> <span class="o">&lt;</span> <span class="n">mask</span>\n</pre>'
    use = Use(0, 4, "mask", "transformer.mask")
    linked = with_links(written, "a < mask", [(use, "api.html#x")])
    assert linked == written.replace(">mask<", '><a class="code-link" href="api.html#x" title="transformer.mask">mask</a><')
    other = "<pre>123 <b>mask</b></pre>"
    assert with_links(other, "a < mask", [(use, "api.html#x")]) == other
