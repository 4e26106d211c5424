// audience.js
