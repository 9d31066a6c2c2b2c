import "./htmx";
import "./heat";
import "./copy";
import "./contrast";
import "./session";
import "./upload";
import "./chat";
