// Where the page starts.

import "./style.css";
import "./app.ts";

document.body.append(document.createElement("course-app"));
