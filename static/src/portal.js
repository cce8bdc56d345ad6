// What every page may use. Nothing here is needed: each page works without it.
import "./parts/leave.js";
import "./parts/guard.js";
import "./parts/password.js";
import "./parts/print.js";
import "./parts/focus.js";
import "./parts/idle.js";
