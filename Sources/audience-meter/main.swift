print("audience-meter")
