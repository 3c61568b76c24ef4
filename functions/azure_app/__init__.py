"""Azure Functions: triggers that hand work to the API, and what this platform asks for."""
