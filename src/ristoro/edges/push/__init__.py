"""Web Push: a short word to a phone whose holder asked for it, through the browser's maker."""
