// htmx runs with the settings in the page's <meta name="htmx-config">:
// Back reloads the whole page, so a fragment can never stand alone.
import "htmx.org";
