"""The portal pages of the desks."""
