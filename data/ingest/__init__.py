"""Survey files taken in: any tool's export read, recognised and mapped, with every decision said and open to change."""
