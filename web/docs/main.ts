// The API's description, browsable without the internet: Swagger UI comes with the build, not from a CDN.
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";

SwaggerUI({ url: "/openapi.json", domNode: document.getElementById("docs")!, deepLinking: true });
