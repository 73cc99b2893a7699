"""The look of Gradio's own controls: every colour is a token of `assets/ui/tokens.css`."""

import gradio as gr

TOKENS = {
    "body_text_color": "ink",
    "body_text_color_subdued": "ink-2",
    "background_fill_primary": "wall",
    "background_fill_secondary": "room",
    "border_color_primary": "line",
    "border_color_accent": "pencil",
    "color_accent_soft": "pencil-soft",
    "block_label_text_color": "ink-2",
    "block_title_text_color": "ink-2",
    "input_background_fill": "raised",
    "input_border_color": "edge",
    "input_border_color_focus": "pencil",
    "input_placeholder_color": "ink-3",
    "button_primary_background_fill": "paper",
    "button_primary_background_fill_hover": "paper-hover",
    "button_primary_text_color": "on-paper",
    "button_primary_border_color": "paper",
    "button_primary_border_color_hover": "paper-hover",
    "button_secondary_background_fill": "raised",
    "button_secondary_background_fill_hover": "raised",
    "button_secondary_text_color": "ink",
    "button_secondary_border_color": "line",
    "button_secondary_border_color_hover": "edge",
    "link_text_color": "pencil",
    "slider_color": "pencil",
    "checkbox_background_color_selected": "pencil",
    "error_background_fill": "bad-soft",
    "error_text_color": "bad",
}
FLAT = {"block_background_fill": "transparent", "block_border_width": "0px", "block_shadow": "none"}
PLAIN = {
    "color_accent": "var(--s-pencil)",
    "block_padding": "0px",
    "block_title_text_size": "13px",
    "block_title_text_weight": "500",
    "input_border_width": "1px",
    "input_border_width_dark": "1px",
    "input_radius": "9px",
    "button_large_radius": "9px",
    "button_border_width": "1px",
}
FONTS = (
    "Inter",
    "Noto Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "Helvetica Neue",
    "Arial",
    "system-ui",
    "sans-serif",
)


def theme() -> gr.themes.Base:
    """Return a theme without a font or a colour of its own: light and dark differ in the tokens only."""
    values = {name: f"var(--s-{token})" for name, token in TOKENS.items()} | FLAT
    values["body_background_fill"] = "var(--s-room, #131415)"  # the dark room until the tokens are there
    both = {name + end: value for name, value in values.items() for end in ("", "_dark")}
    return gr.themes.Base(font=list(FONTS), font_mono=["ui-monospace", "Menlo", "Consolas", "monospace"]).set(
        **both, **PLAIN
    )
